//! The terminal: what it can show, and the one place that writes to it.

use std::io::IsTerminal as _;
use std::io::Write as _;

use crate::shell::console::Screen;

/// When colours are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Rows of a table that fit beside its header, footer and the prompt.
const ROWS_AROUND: usize = 4;

/// The narrowest and the widest terminal that tables are fitted to.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=1_000;

/// Whether answers go to a terminal.
pub(super) fn is_output_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether somebody types: input comes from a terminal.
pub(super) fn is_input_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// What the terminal can show; nothing is cut where output is no terminal.
pub(super) fn screen(color: Color) -> Screen {
    let has_color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            is_output_terminal() && !is_set("NO_COLOR") && !is_dumb
        }
    };
    if !is_output_terminal() {
        return Screen {
            width: None,
            rows_max: None,
            way_to_all: "",
            has_color,
        };
    }
    let size = terminal_size::terminal_size();
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse::<usize>().ok());
    let width = size
        .map(|(width, _)| usize::from(width.0))
        .or(columns)
        .unwrap_or(80);
    let height = size.map_or(24, |(_, height)| usize::from(height.0));
    let rows_max = height.saturating_sub(ROWS_AROUND).max(10);
    Screen {
        width: Some(width.clamp(*WIDTHS.start(), *WIDTHS.end())),
        rows_max: Some(rows_max),
        way_to_all: "--all-rows",
        has_color,
    }
}

/// The screen as it is now, where it was a terminal's before: windows change their size.
pub(super) fn screen_like(before: Screen) -> Screen {
    let color = if before.has_color {
        Color::Always
    } else {
        Color::Never
    };
    match before.width {
        None => before,
        Some(_) => Screen {
            way_to_all: before.way_to_all,
            ..screen(color)
        },
    }
}

/// Writes an answer; false if nobody reads it any longer, which is no error.
pub(super) fn write_output(text: &str) -> std::io::Result<bool> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes remarks to stderr, coloured if asked; where that fails, there is nobody left to tell.
pub(super) fn write_remarks(text: &str, has_color: bool) {
    let mut stderr = std::io::stderr().lock();
    let text = if has_color {
        colored(text)
    } else {
        text.to_owned()
    };
    let _ = stderr.write_all(text.as_bytes());
}

/// Remarks with colours: the head of a diagnostic, its carets, its hints.
pub(super) fn colored(text: &str) -> String {
    use anstyle::AnsiColor;
    use anstyle::Style;
    let bold = Style::new().bold();
    let paint = |style: Style, text: &str| format!("{style}{text}{style:#}");
    let line = |line: &str| {
        let trimmed = line.trim_start();
        if line.starts_with("error") {
            paint(bold.fg_color(Some(AnsiColor::Red.into())), line)
        } else if line.starts_with("warning") {
            paint(bold.fg_color(Some(AnsiColor::Yellow.into())), line)
        } else if trimmed.starts_with("| ")
            && trimmed.trim_start_matches(['|', ' ']).starts_with('^')
        {
            paint(Style::new().fg_color(Some(AnsiColor::Red.into())), line)
        } else if trimmed.starts_with("hint:") {
            paint(Style::new().fg_color(Some(AnsiColor::Cyan.into())), line)
        } else if line.starts_with("note:") || line.starts_with("time:") {
            paint(Style::new().dimmed(), line)
        } else {
            line.to_owned()
        }
    };
    text.split('\n')
        .map(line)
        .collect::<Vec<String>>()
        .join("\n")
}
