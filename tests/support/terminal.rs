//! A pseudo-terminal with kin in it: types keys, and waits for what is shown.

use std::fs::File;
use std::io::Read as _;
use std::io::Write as _;
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use std::time::Instant;

use rexpect::process::PtyProcess;
use tempfile::TempDir;

/// A generous bound against hanging.
const WAIT: Duration = Duration::from_secs(30);

/// How long to wait between looks.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) struct Terminal {
    process: PtyProcess,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// All bytes that were shown so far.
    shown: Vec<u8>,
    /// How much of the text of these was waited for.
    read: usize,
    _state: TempDir,
}

impl Terminal {
    /// Starts kin with these arguments and variables; without colours and in a state folder of its
    /// own, unless the variables say otherwise.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kin"));
        command.args(arguments);
        Terminal::run(command, variables)
    }

    /// The same in a terminal of that size.
    pub(crate) fn sized(
        columns: u16,
        rows: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        let mut command = Command::new("sh");
        let line = format!("stty cols {columns} rows {rows}; exec \"$@\"");
        command
            .args(["-c", &line, "sh", env!("CARGO_BIN_EXE_kin")])
            .args(arguments);
        Terminal::run(command, variables)
    }

    fn run(mut command: Command, variables: &[(&str, &str)]) -> Terminal {
        let state = tempfile::tempdir().expect("a folder for the test");
        command
            .current_dir(state.path())
            .env_remove("KIN_GRAPH")
            .env_remove("COLUMNS");
        command
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .env("LC_ALL", "C.UTF-8");
        command.env("XDG_STATE_HOME", state.path());
        command.envs(variables.iter().copied());
        let process = PtyProcess::new(command).expect("kin can be started in a terminal");
        let keyboard = process
            .get_file_handle()
            .expect("the terminal can be written");
        let mut output = process.get_file_handle().expect("the terminal can be read");
        let (sender, screen) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Reading fails once the other side is closed.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal {
            process,
            keyboard,
            screen,
            shown: Vec::new(),
            read: 0,
            _state: state,
        }
    }

    /// Presses keys.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keyboard
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Types a line, and Enter.
    pub(crate) fn enter(&mut self, line: &str) {
        self.keys(&format!("{line}\r"));
    }

    /// Waits for the prompt. What is typed before it can be lost.
    pub(crate) fn ready(&mut self) {
        self.until("\nkin> ");
    }

    /// Types a line, waits until `needle` is shown, then for the prompt; gives what stands before.
    pub(crate) fn ask(&mut self, line: &str, needle: &str) -> String {
        self.enter(line);
        let shown = self.until(needle);
        self.ready();
        shown
    }

    /// Waits until `needle` is shown; gives what stands from the last needle up to the end of this.
    pub(crate) fn until(&mut self, needle: &str) -> String {
        self.wait(needle, |_| {})
    }

    /// The same; gives what stands before the needle.
    pub(crate) fn before(&mut self, needle: &str) -> String {
        let mut shown = self.until(needle);
        shown.truncate(shown.len() - needle.len());
        shown
    }

    /// Presses keys again and again until `needle` is shown.
    pub(crate) fn keys_until(&mut self, keys: &str, needle: &str) {
        self.wait(needle, |terminal| terminal.keys(keys));
    }

    fn wait(&mut self, needle: &str, meanwhile: impl Fn(&mut Terminal)) -> String {
        let start = Instant::now();
        loop {
            let text = plain(&self.shown);
            let rest = &text[self.read..];
            if let Some(at) = rest.find(needle) {
                let end = at + needle.len();
                self.read += end;
                return rest[..end].to_owned();
            }
            assert!(
                start.elapsed() < WAIT,
                "`{needle}` is not shown in:\n{text}"
            );
            match self.screen.recv_timeout(PAUSE) {
                Ok(bytes) => self.shown.extend(bytes),
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => meanwhile(self),
                Err(_) => panic!("kin ended before `{needle}` was shown in:\n{text}"),
            }
        }
    }

    /// Whether anything was shown in colour.
    pub(crate) fn has_colors(&self) -> bool {
        let text = String::from_utf8_lossy(&self.shown);
        text.contains("\u{1b}[31m") || text.contains("\u{1b}[1m") || text.contains("\u{1b}[2m")
    }

    /// Waits for the end, and gives the exit code; a signal is a failure.
    pub(crate) fn end(mut self) -> i32 {
        let start = Instant::now();
        loop {
            let status = format!("{:?}", self.process.status());
            if let Some((_, code)) = status
                .split_once("Exited(")
                .and_then(|(_, rest)| rest.split_once(", "))
            {
                return code
                    .trim_end_matches(')')
                    .parse()
                    .expect("an exit code is a number");
            }
            assert!(
                status.contains("StillAlive"),
                "kin ended by {status}: {}",
                plain(&self.shown)
            );
            assert!(
                start.elapsed() < WAIT,
                "kin does not end: {}",
                plain(&self.shown)
            );
            if let Ok(bytes) = self.screen.recv_timeout(PAUSE) {
                self.shown.extend(bytes);
            }
        }
    }
}

/// What a person sees of the bytes: without escape sequences; valid up to half a character.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\u{1b}' => {
                if rest.next() == Some('[') {
                    let _ = rest.find(|character| ('@'..='~').contains(character));
                }
            }
            '\r' => {}
            character => shown.push(character),
        }
    }
    shown
}
