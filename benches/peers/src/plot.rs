//! Curves on two logarithmic axes, where what is linear has a slope of one.

use plotters::prelude::*;
use std::{error::Error, path::Path};

/// One curve.
pub struct Curve {
    /// As the legend names it.
    pub name: String,
    /// Places on both axes, all above zero.
    pub points: Vec<(f64, f64)>,
}

const COLORS: [RGBColor; 12] = [
    RGBColor(0, 90, 181),
    RGBColor(220, 50, 32),
    RGBColor(90, 170, 235),
    RGBColor(245, 150, 130),
    RGBColor(0, 120, 80),
    RGBColor(130, 190, 90),
    RGBColor(140, 80, 170),
    RGBColor(200, 130, 0),
    RGBColor(90, 90, 90),
    RGBColor(0, 0, 0),
    RGBColor(0, 170, 170),
    RGBColor(230, 100, 180),
];

/// Writes an SVG file.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(
    path: &Path,
    title: &str,
    (x, y): (&str, &str),
    curves: &[Curve],
) -> Result<(), Box<dyn Error>> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let range = |pick: fn(&(f64, f64)) -> f64| {
        let low = points().map(pick).fold(f64::INFINITY, f64::min);
        let high = points().map(pick).fold(0.0, f64::max);
        (low / 1.2)..(high * 1.2)
    };
    let rows = range(|point| point.1);
    // Curves rise to the right: the legend goes to the upper left, above most of them.
    let rows = rows.start..rows.end * 4.0;
    let root = SVGBackend::new(path, (900, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(72)
        .build_cartesian_2d(range(|point| point.0).log_scale(), rows.log_scale())?;
    chart
        .configure_mesh()
        .x_desc(x)
        .y_desc(y)
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .light_line_style(RGBColor(240, 240, 240))
        .draw()?;
    for (curve, color) in curves.iter().zip(COLORS.iter().cycle()) {
        let style = color.stroke_width(2).filled();
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), style).point_size(3))?
            .label(&curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 13))
        .draw()?;
    root.present()?;
    Ok(())
}

fn short(value: &f64) -> String {
    match *value {
        value if value >= 10_000.0 => format!("{}k", value / 1000.0),
        value if value >= 1.0 => format!("{value:.0}"),
        value => format!("{value:.1}"),
    }
}
