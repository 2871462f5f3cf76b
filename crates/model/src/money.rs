//! Amounts of money: exact decimals, rounded once where a rule says so, half-up; nothing here is ever a float.
//!
//! "Half-up" is away from zero at the middle, as PostgreSQL's `round(numeric)` does it: 0.125 → 0.13, −0.125 → −0.13.
//! Where a result does not fit `numeric(14,2)`, it is `None`.

use rust_decimal::{Decimal, RoundingStrategy};

/// One more than the largest amount: `numeric(14,2)` has twelve digits before the point.
const LIMIT: i128 = 10_i128.pow(14);

/// An amount to two decimals, half-up; never a negative zero.
pub fn round(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    if rounded.is_zero() {
        rounded.set_sign_positive(true);
    }
    rounded
}

/// The tax of one line, `rate` in percent of its total.
pub fn line_tax(line_total: Decimal, rate: Decimal) -> Option<Decimal> {
    line_total.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED).map(round).and_then(fitting)
}

/// quantity × unit price × (1 − discount percent ÷ 100), rounded half-up (away from zero) to two decimals, once.
pub fn line_total(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Option<Decimal> {
    let kept = Decimal::ONE_HUNDRED - discount_percent;
    let factors = [quantity.normalize(), unit_price.normalize(), kept.normalize()];
    // Exact: the factors' digits are multiplied as integers, since a Decimal would round a product of 30 digits.
    let mut digits = 1_i128;
    let mut scale = 2;
    for factor in factors {
        digits = digits.checked_mul(factor.mantissa())?;
        scale += factor.scale();
    }
    let cents = round_half_up(digits, 10_i128.checked_pow(scale - 2)?)?;
    amount(cents)
}

/// The sum of line totals.
pub fn subtotal(line_totals: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    line_totals.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add).and_then(fitting)
}

/// What an order costs: lines less the order's discount, plus tax and freight.
pub fn order_total(subtotal: Decimal, discount: Decimal, tax: Decimal, freight: Decimal) -> Option<Decimal> {
    fitting(subtotal.checked_sub(discount)?.checked_add(tax)?.checked_add(freight)?)
}

/// What an invoice asks for: lines plus tax, and the cents its total was rounded by.
pub fn invoice_total(subtotal: Decimal, tax: Decimal, rounding: Decimal) -> Option<Decimal> {
    fitting(subtotal.checked_add(tax)?.checked_add(rounding)?)
}

/// What is left of `total` after payments, credits and write-offs; `None` where they exceed it.
pub fn outstanding(total: Decimal, settled: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    let left = total.checked_sub(subtotal(settled)?)?;
    if left < Decimal::ZERO { None } else { fitting(left) }
}

fn round_half_up(digits: i128, unit: i128) -> Option<i128> {
    let half = unit / 2;
    let up = if digits < 0 { digits.checked_sub(half)? } else { digits.checked_add(half)? };
    Some(up / unit)
}

fn amount(cents: i128) -> Option<Decimal> {
    if cents.abs() >= LIMIT { None } else { Decimal::try_from_i128_with_scale(cents, 2).ok() }
}

/// The amount with two decimals; one that has more, or is too large, does not fit.
fn fitting(value: Decimal) -> Option<Decimal> {
    let mut fitted = value;
    fitted.rescale(2);
    if fitted != value || fitted.mantissa().abs() >= LIMIT {
        return None;
    }
    if fitted.is_zero() {
        fitted.set_sign_positive(true);
    }
    Some(fitted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn lines_are_rounded_once_and_half_up() {
        let total = |q: &str, p: &str, d: &str| line_total(dec(q), dec(p), dec(d)).map(|t| t.to_string());
        assert_eq!(total("12", "14", "0").as_deref(), Some("168.00"));
        assert_eq!(total("1", "0.005", "0").as_deref(), Some("0.01"));
        assert_eq!(total("1", "0.004999", "0").as_deref(), Some("0.00"));
        assert_eq!(total("-1", "0.005", "0").as_deref(), Some("-0.01"));
        assert_eq!(total("-1", "0.001", "0").as_deref(), Some("0.00"), "no negative zero");
        assert_eq!(total("15", "39.40", "15").as_deref(), Some("502.35"));
        assert_eq!(total("99999999999.999", "0.333333", "33.333333").as_deref(), Some("22222200111.11"));
        assert_eq!(total("99999999999.999", "999999999999.999999", "0"), None);
        assert_eq!(total("1", "999999999999.995", "0"), None);
    }

    #[test]
    fn lines_round_half_up_once() {
        let total = |quantity, price, discount| {
            line_total(dec(quantity), dec(price), dec(discount)).unwrap().to_string()
        };
        assert_eq!(total("1", "0.125", "0"), "0.13");
        assert_eq!(total("1", "0.124999", "0"), "0.12");
        assert_eq!(total("-1", "0.125", "0"), "-0.13");
        assert_eq!(total("3", "0.335", "0"), "1.01");
        assert_eq!(total("12", "9.80", "15"), "99.96");
        assert_eq!(total("5", "10", "100"), "0.00");
        assert_eq!(line_tax(dec("99.96"), dec("7")).unwrap().to_string(), "7.00");
    }

    #[test]
    fn what_cannot_be_held_is_none() {
        assert_eq!(line_total(Decimal::MAX, dec("2"), Decimal::ZERO), None);
        assert_eq!(line_tax(Decimal::MAX, dec("7")), None);
    }

    #[test]
    fn documents_add_up() {
        assert_eq!(order_total(dec("440"), dec("10.00"), dec("30.10"), dec("32.38")), Some(dec("492.48")));
        assert_eq!(invoice_total(dec("440"), dec("30.10"), dec("-0.10")), Some(dec("470.00")));
        assert_eq!(
            outstanding(dec("470"), [dec("100"), dec("370.00")]).map(|o| o.to_string()).as_deref(),
            Some("0.00")
        );
        assert_eq!(outstanding(dec("470"), [dec("470.01")]), None);
        assert_eq!(subtotal([dec("0.001")]), None, "amounts have two decimals");
    }

    proptest! {
        /// Against whole numbers: in units of a ten-thousand-millionth, with the remainder compared to the half.
        #[test]
        fn a_line_total_is_the_exact_product_rounded_half_up(
            quantity in -999_999_i64..=999_999, // thousandths
            price in 0_i64..=999_999_999,       // millionths
            discount in 0_i64..=10_000,         // hundredths of a percent
        ) {
            let exact = i128::from(quantity) * i128::from(price) * i128::from(10_000 - discount);
            let unit = 10_i128.pow(3 + 6 + 4 - 2);
            let (whole, rest) = (exact.abs() / unit, exact.abs() % unit);
            let cents = (whole + i128::from(2 * rest >= unit)) * exact.signum();
            let total = line_total(Decimal::new(quantity, 3), Decimal::new(price, 6), Decimal::new(discount, 2)).unwrap();
            prop_assert_eq!(total.scale(), 2);
            prop_assert_eq!(total.mantissa(), cents);
        }

        #[test]
        fn rounding_is_never_off_by_more_than_half_a_cent_and_repeats(mantissa in any::<i64>(), scale in 0_u32..=12) {
            let amount = Decimal::new(mantissa, scale);
            let rounded = round(amount);
            prop_assert!((amount - rounded).abs() <= Decimal::new(5, 3));
            prop_assert_eq!(round(rounded), rounded);
        }

        /// Against rust_decimal's own arithmetic, where it is exact.
        #[test]
        fn a_line_is_what_its_formula_says(q in 1_i64..10_000_000, p in 0_i64..10_000_000_000, d in 0_i64..=100_000_000) {
            let (quantity, price, discount) = (Decimal::new(q, 3), Decimal::new(p, 6), Decimal::new(d, 6));
            let exact = quantity * price * (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED;
            let rounded = exact.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            let total = line_total(quantity, price, discount).unwrap();
            prop_assert_eq!(total, rounded);
            prop_assert_eq!(total.scale(), 2);
            prop_assert!(!total.is_zero() || total.is_sign_positive());
        }

        /// The order of lines is of no matter, and what is settled and what is left make the total.
        #[test]
        fn sums_lose_nothing(cents in proptest::collection::vec(0_i64..1_000_000_000, 0..50), paid in 0.0_f64..=1.0) {
            let lines: Vec<Decimal> = cents.iter().map(|c| Decimal::new(*c, 2)).collect();
            let total = subtotal(lines.iter().copied()).unwrap();
            prop_assert_eq!(subtotal(lines.iter().rev().copied()), Some(total));
            prop_assert_eq!(total.mantissa(), cents.iter().map(|c| i128::from(*c)).sum::<i128>());
            let settled = Decimal::new((total.mantissa() as f64 * paid) as i64, 2);
            let left = outstanding(total, [settled]).unwrap();
            prop_assert_eq!(left + settled, total);
        }
    }
}
