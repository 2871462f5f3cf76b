//! Amounts of money: exact decimals, rounded once where a rule says so, half-up.
//!
//! "Half-up" is away from zero at the middle, as PostgreSQL's `round(numeric)` does it: 0.125 → 0.13, −0.125 → −0.13.

use rust_decimal::{Decimal, RoundingStrategy};

/// An amount to two decimals, half-up.
pub fn round(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// quantity × unit price × (1 − discount ÷ 100), rounded once, before tax. `None` where the number is too large to hold.
pub fn line_total(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Option<Decimal> {
    let part = (Decimal::ONE_HUNDRED - discount_percent).checked_div(Decimal::ONE_HUNDRED)?;
    quantity.checked_mul(unit_price)?.checked_mul(part).map(round)
}

/// The tax of one line, `rate` in percent of its total. `None` where the number is too large to hold.
pub fn line_tax(line_total: Decimal, rate: Decimal) -> Option<Decimal> {
    line_total.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED).map(round)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn lines_round_half_up_once() {
        let total = |quantity, price, discount| {
            line_total(decimal(quantity), decimal(price), decimal(discount)).unwrap().to_string()
        };
        assert_eq!(total("1", "0.125", "0"), "0.13");
        assert_eq!(total("1", "0.124999", "0"), "0.12");
        assert_eq!(total("-1", "0.125", "0"), "-0.13");
        assert_eq!(total("3", "0.335", "0"), "1.01");
        assert_eq!(total("12", "9.80", "15"), "99.96");
        assert_eq!(total("5", "10", "100"), "0.00");
        assert_eq!(line_tax(decimal("99.96"), decimal("7")).unwrap().to_string(), "7.00");
    }

    #[test]
    fn what_cannot_be_held_is_none() {
        assert_eq!(line_total(Decimal::MAX, decimal("2"), Decimal::ZERO), None);
        assert_eq!(line_tax(Decimal::MAX, decimal("7")), None);
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
    }
}
