//! Charts as SVG: lines are stretched with the widget and keep their width, labels are HTML and never stretched, tooltips
//! are columns that light up, and a hidden table carries the figures.

use std::fmt::Write;

use maud::{Markup, html};

/// Width and height of the drawing, in its own units.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 300.0;

/// One column of a line chart.
pub struct Point {
    /// Below it.
    pub label: String,
    /// Its value, and that of a year before.
    pub now: f64,
    /// The value of a year before.
    pub before: f64,
    /// The values as people read them.
    pub told: (String, String),
}

/// A line chart of this year over the last.
pub struct Lines<'a> {
    /// What the chart shows, for who cannot see it.
    pub caption: &'a str,
    /// Names of the two lines.
    pub names: (&'a str, &'a str),
    /// Its columns.
    pub points: &'a [Point],
    /// A value of the axis as people read it.
    pub axis: &'a dyn Fn(f64) -> String,
}

/// The least round number above all values, which four steps divide well.
fn ceiling(most: f64) -> f64 {
    if most <= 0.0 {
        return 4.0;
    }
    let size = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * size).find(|top| *top >= most).unwrap_or(10.0 * size)
}

/// A path through the middles of columns, or, for a spark, from edge to edge; closed to the ground for an area.
fn path(values: &[f64], top: f64, edges: bool, area: bool) -> String {
    let count = values.len();
    let at = |index: usize| match edges {
        true => index as f64 / (count.max(2) - 1) as f64 * WIDTH,
        false => (index as f64 + 0.5) / count.max(1) as f64 * WIDTH,
    };
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        let height = HEIGHT - value / top * HEIGHT;
        // Writing into a text does not fail.
        let _ = write!(path, "{command}{:.1} {height:.1}", at(index));
    }
    if area && count > 0 {
        let _ = write!(path, "L{:.1} {HEIGHT}L{:.1} {HEIGHT}Z", at(count - 1), at(0));
    }
    path
}

/// The chart.
pub fn lines(chart: &Lines<'_>) -> Markup {
    let most = chart.points.iter().flat_map(|point| [point.now, point.before]).fold(0.0, f64::max);
    let top = ceiling(most);
    let now: Vec<f64> = chart.points.iter().map(|point| point.now).collect();
    let before: Vec<f64> = chart.points.iter().map(|point| point.before).collect();
    html! {
        div.chart {
            div.y aria-hidden="true" {
                @for step in (0..=2).rev() { span { ((chart.axis)(top * f64::from(step) / 2.0)) } }
            }
            div.plot aria-hidden="true" {
                svg viewBox="0 0 1000 300" preserveAspectRatio="none" {
                    @for y in [0, 150, 300] { line.g x1="0" x2="1000" y1=(y) y2=(y) {} }
                    path.l0 d=(path(&before, top, false, false)) {}
                    path.a1 d=(path(&now, top, false, true)) {}
                    path.l1 d=(path(&now, top, false, false)) {}
                }
                div.hits {
                    @for point in chart.points {
                        div { div.tip {
                            span.muted { (point.label) }
                            b { (point.told.0) }
                            span.muted { (chart.names.1) " " (point.told.1) }
                        } }
                    }
                }
            }
            div.x aria-hidden="true" { @for point in chart.points { span { (point.label) } } }
            table.sr {
                caption { (chart.caption) }
                thead { tr { td {} th scope="col" { (chart.names.0) } th scope="col" { (chart.names.1) } } }
                tbody { @for point in chart.points {
                    tr { th scope="row" { (point.label) } td { (point.told.0) } td { (point.told.1) } }
                } }
            }
        }
    }
}

/// A line without axis, from edge to edge, for the foot of a figure.
pub fn spark(values: &[f64]) -> Markup {
    let top = values.iter().copied().fold(0.0, f64::max).max(1.0) * 1.15;
    html! {
        svg.spark viewBox="0 0 1000 300" preserveAspectRatio="none" aria-hidden="true" {
            path.a d=(path(values, top, true, true)) {}
            path d=(path(values, top, true, false)) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number_above_all_values() {
        for (most, top) in
            [(0.0, 4.0), (5.4, 6.0), (6.1, 8.0), (950.0, 1_000.0), (31_000.0, 40_000.0), (1.0, 1.0)]
        {
            assert!((ceiling(most) - top).abs() < 1e-9, "{most}: {}", ceiling(most));
        }
    }

    #[test]
    fn a_path_goes_through_the_middles_of_columns() {
        assert_eq!(path(&[0.0, 10.0], 10.0, false, false), "M250.0 300.0L750.0 0.0");
        assert_eq!(path(&[5.0, 5.0], 10.0, true, true), "M0.0 150.0L1000.0 150.0L1000.0 300L0.0 300Z");
        assert_eq!(path(&[], 10.0, true, true), "");
    }
}
