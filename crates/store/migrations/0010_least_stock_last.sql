-- Lists of stock, most available first: the order the API offers, empty values last.

create index inventory_available_desc_idx on inventory (tenant_id, available desc nulls last, id desc);
