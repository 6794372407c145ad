//! The line of an arrow as a path of SVG.

use std::fmt::Write as _;

use crate::render::svg::element::number;

/// A line through points, curved between each two pairs, which ends `before` its last point.
///
/// Where it turns back, its curve is drawn as far as `turn` along the arrows.
pub(super) fn path(
    is_upright: bool,
    points: &[(f64, f64)],
    turn: Option<(f64, f64)>,
    way: (f64, f64),
    before: f64,
) -> String {
    let point = |(x, y): (f64, f64)| format!("{} {}", number(x), number(y));
    let mut path = format!("M{}", point(points[0]));
    // No end of a part lies in the head: a line would look out of it.
    let tip = points[points.len() - 1];
    let outside = |(x, y): (f64, f64)| {
        let left = (tip.0 - x) * way.0 + (tip.1 - y) * way.1;
        let back = (before - left).max(0.0);
        (x - way.0 * back, y - way.1 * back)
    };
    let last = points.len().saturating_sub(2);
    for (place, pair) in points.windows(2).enumerate() {
        let from = if place > 0 && place >= last {
            outside(pair[0])
        } else {
            pair[0]
        };
        let to = if place + 1 >= last {
            outside(pair[1])
        } else {
            pair[1]
        };
        if place == last && from == to {
            continue;
        }
        let is_level = match is_upright {
            true => from.0 == to.0,
            false => from.1 == to.1,
        };
        if place % 2 == 0 || (is_level && turn.is_none()) {
            let _ = write!(path, "L{}", point(to));
            continue;
        }
        let (one, other) = match is_upright {
            true => {
                let middle = turn.map_or(f64::midpoint(from.1, to.1), |turn| turn.1);
                ((from.0, middle), (to.0, middle))
            }
            false => {
                let middle = turn.map_or(f64::midpoint(from.0, to.0), |turn| turn.0);
                ((middle, from.1), (middle, to.1))
            }
        };
        let _ = write!(path, "C{} {} {}", point(one), point(other), point(to));
    }
    path
}
