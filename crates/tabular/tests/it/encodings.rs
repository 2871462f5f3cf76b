//! Text of many encodings.

use encoding_rs::Encoding;
use tabular::{Defect, Hints};

use crate::desk::{open, open_with};

const THAI: &str = "รหัส;ชื่อลูกค้า;จังหวัด;ยอดซื้อ\nก001;บริษัท สวนองุ่น จำกัด;กรุงเทพมหานคร;1250\n\
    ก002;ร้านไวน์ริมน้ำ;เชียงใหม่;980\nก003;โรงแรมบ้านสวน;ภูเก็ต;4300\n";
const FRENCH: &str = "Référence,Libellé,Région\n1,Château Été,Rhône\n2,Crème brûlée à l’ancienne,Alsace\n3,Pâté forestier,Île-de-France\n";
const JAPANESE: &str =
    "番号,顧客名,住所\n1,株式会社山田商店,東京都港区\n2,鈴木酒店,大阪府大阪市\n3,カフェさくら,京都府京都市\n";
const CHINESE: &str = "编号,客户名称,地址\n1,北京葡萄酒有限公司,北京市朝阳区\n2,上海贸易公司,上海市浦东新区\n3,广州酒庄,广东省广州市\n";
const RUSSIAN: &str =
    "Код,Название,Город\n1,Винный погреб,Москва\n2,Гостиница Волга,Казань\n3,Рынок у моста,Самара\n";

fn assert_reads(bytes: &[u8], text: &str, name: &str, locale: Option<&str>) {
    let hints = Hints { locale: locale.map(str::to_owned), ..Hints::default() };
    let file = open_with(bytes, &hints);
    assert_eq!(file.sheet().encoding.as_ref().unwrap().name, name);
    let delimiter = if text.starts_with("รหัส") { ';' } else { ',' };
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(delimiter).collect()).collect();
    assert_eq!(file.headers(), lines[0]);
    assert_eq!(file.cells(), lines[1..]);
    assert!(file.rows().iter().all(|row| row.defect.is_none()));
}

fn encode(label: &str, text: &str) -> Vec<u8> {
    let (bytes, _, faults) = Encoding::for_label(label.as_bytes()).unwrap().encode(text);
    assert!(!faults);
    bytes.into_owned()
}

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let unit = |unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn utf8_with_and_without_mark() {
    for text in [THAI, FRENCH, JAPANESE] {
        assert_reads(text.as_bytes(), text, "UTF-8", None);
        assert_reads(format!("\u{FEFF}{text}").as_bytes(), text, "UTF-8", None);
    }
}

#[test]
fn utf16_and_utf32_with_and_without_mark() {
    for text in [THAI, FRENCH, JAPANESE, RUSSIAN] {
        let marked = format!("\u{FEFF}{text}");
        for text_or_marked in [text, &marked] {
            assert_reads(&utf16(text_or_marked, false), text, "UTF-16LE", None);
            assert_reads(&utf16(text_or_marked, true), text, "UTF-16BE", None);
            let wide: Vec<u8> = text_or_marked.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
            assert_reads(&wide, text, "UTF-32LE", None);
            let wide: Vec<u8> = text_or_marked.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
            assert_reads(&wide, text, "UTF-32BE", None);
        }
    }
}

#[test]
fn encodings_of_regions() {
    assert_reads(&encode("windows-874", THAI), THAI, "windows-874", Some("th"));
    assert_reads(&encode("windows-874", THAI), THAI, "windows-874", None);
    assert_reads(&encode("windows-1252", FRENCH), FRENCH, "windows-1252", Some("en-US"));
    assert_reads(&encode("shift_jis", JAPANESE), JAPANESE, "Shift_JIS", Some("ja-JP"));
    assert_reads(&encode("windows-1251", RUSSIAN), RUSSIAN, "windows-1251", None);
    let found = open(encode("gb18030", CHINESE));
    assert!(["GBK", "gb18030"].contains(&found.sheet().encoding.as_ref().unwrap().name.as_str()));
    assert_eq!(found.cells()[0][1], "北京葡萄酒有限公司");
}

#[test]
fn encodings_of_old_machines() {
    assert_reads(&encode("macintosh", FRENCH), FRENCH, "macintosh", None);
    let dos = b"Nr,Name\n1,M\x81ller & S\x94hne\n2,Gro\xE1handel J\x84ger\n3,K\x94nig\n";
    let hints = Hints { encoding: Some("cp850".to_owned()), ..Hints::default() };
    let file = open_with(dos, &hints);
    assert_eq!(file.cells()[0][1], "Müller & Söhne");
    assert_eq!(open(dos).cells()[1][1], "Großhandel Jäger");
    let hints = Hints { encoding: Some("CP437".to_owned()), ..Hints::default() };
    assert_eq!(open_with(dos, &hints).sheet().encoding.as_ref().unwrap().name, "cp437");
}

#[test]
fn a_fault_in_utf8_spoils_its_row_only() {
    let mut bytes = "id,ชื่อ\n".as_bytes().to_vec();
    for row in 0..50 {
        bytes.extend(format!("{row},ลูกค้ารายที่หนึ่ง\n").as_bytes());
    }
    let at = bytes.len() - 5;
    bytes[at] = 0xFF;
    let file = open(&bytes);
    assert_eq!(file.sheet().encoding.as_ref().unwrap().name, "UTF-8");
    let rows = file.rows();
    assert_eq!(rows[49].defect, Some(Defect::InvalidBytes { column: 1 }));
    assert!(rows[..49].iter().all(|row| row.defect.is_none()));
}

#[test]
fn one_far_byte_decides_against_utf8() {
    let mut bytes = b"id,name\n".to_vec();
    for row in 0..60_000 {
        bytes.extend(format!("{row},customer number {row}\n").as_bytes());
    }
    bytes.extend(b"99999,Caf\xE9 du March\xE9\n");
    let file = open(&bytes);
    assert_eq!(file.sheet().encoding.as_ref().unwrap().name, "windows-1252");
    assert_eq!(file.rows().last().unwrap().cells[1], "Café du Marché");
}
