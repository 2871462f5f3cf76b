//! The tree of products.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Text},
};

/// A place in the tree of products.
pub static PRODUCT_CATEGORIES: Entity =
    Entity::new("product_categories", "product_category", Area::Catalog, Class::Catalogue)
        .labels(Text::of("Product category", "หมวดสินค้า"), Text::of("Product categories", "หมวดสินค้า"))
        .about("A place in the tree of products.")
        .fields(&[
            field::code("code", "Code")
                .th("รหัส")
                .listed()
                .sortable()
                .example("1")
                .or(&["CategoryID", "Category code", "Category no", "ID", "รหัสหมวด", "รหัสหมวดหมู่"]),
            field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Beverages").or(&[
                "CategoryName", "Category", "Product category", "Group", "หมวด", "หมวดหมู่", "ชื่อหมวด",
                "ชื่อหมวดหมู่",
            ]),
            field::paragraph("description", "Description")
                .th("คำอธิบาย")
                .or(&["Desc", "Details", "Long description", "รายละเอียด"]),
            field::link("parent_id", "Parent", "product_categories").th("อยู่ใต้").listed().indexed().or(&[
                "Parent category", "Parent category name", "Parent name", "Main category", "หมวดแม่",
                "หมวดหมู่หลัก",
            ]),
        ])
        .keys(&[key("product_categories_code_key", &["code"])])
        .matched_by(&[&["name"]])
        .named_by(&["code", "name"])
        .searchable()
        .children(&[
            child("products", "products", "category_id"),
            child("categories", "product_categories", "parent_id"),
        ])
        .checks(&[Check {
            constraint: Some("product_categories_parent_check"),
            run: |doc| checks::not_itself(doc, "parent_id"),
        }]);
