//! The ratios as a picture: a bar for each throughput that has a ceiling, the ceiling at 1, and a mark where it has to be.

use std::fmt::Write as _;

use super::book::{Book, Ratio, Wanted};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 330.0;
const ROW: f64 = 34.0;
const TOP: f64 = 40.0;
/// Where a bar of 1 ends.
const SPAN: f64 = 340.0;

/// An SVG picture of the ratios that should be high.
pub(crate) fn plot(book: &Book) -> String {
    let rows: Vec<(&Ratio, f64)> = book
        .ratios
        .iter()
        .filter(|ratio| !ratio.name.contains(" ms"))
        .filter_map(|ratio| Some((ratio, book.value(ratio)?)))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let height = TOP + ROW * rows.len() as f64 + 16.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"24\" font-weight=\"bold\">Cuebook, as a part of what the machine can do</text>\n"
    );
    let one = LEFT + SPAN;
    let mut y = TOP;
    for (ratio, value) in rows {
        let (bar, middle) = (SPAN * value.min(1.2), y + 18.0);
        let end = LEFT + bar + 6.0;
        // Writing to a text of our own cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{middle}\">{}: {}</text>\n\
             <rect x=\"{LEFT}\" y=\"{}\" width=\"{bar:.1}\" height=\"18\" fill=\"#2f6f8f\"/>\n\
             <text x=\"{end:.1}\" y=\"{middle}\">{value:.2} × {}</text>",
            ratio.scenario,
            ratio.name,
            y + 4.0,
            ratio.of,
        );
        if let Some(Wanted::AtLeast(least)) = ratio.wanted {
            let x = LEFT + SPAN * least;
            let _ = writeln!(svg, "{}", line(x, y + 1.0, y + 25.0, "#c0392b"));
        }
        y += ROW;
    }
    let _ = writeln!(svg, "{}\n</svg>", line(one, TOP - 4.0, y, "#999"));
    svg
}

fn line(x: f64, from: f64, to: f64, colour: &str) -> String {
    format!(
        "<line x1=\"{x:.1}\" y1=\"{from:.1}\" x2=\"{x:.1}\" y2=\"{to:.1}\" stroke=\"{colour}\" stroke-width=\"2\"/>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_left_out_and_each_throughput_is_a_bar() {
        let mut book = Book::default();
        for (name, value) in [("rate", 5.0), ("p99 ms", 7.0)] {
            book.note("ingest", name, "cuebook", value);
            book.note("ingest", name, "ceiling", 10.0);
            book.ratio("ingest", name, "ceiling", Some(Wanted::AtLeast(0.7)));
        }
        let svg = plot(&book);
        assert!(svg.contains("ingest: rate") && svg.contains("0.50 × ceiling"));
        assert!(!svg.contains("p99"));
    }
}
