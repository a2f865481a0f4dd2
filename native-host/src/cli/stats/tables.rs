//! From the figures of the runner to tables: which columns they have, for people and for machines alike.

use super::draw::{dollars, sparkline, thousands, time};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::stats::{Count, Day, Figures, FunnelStep, Group, PhaseTimes, Quantiles, Rate, Spent};
use prompt_runner_core::status::phase_name;
use prompt_runner_core::words::value;

/// A table. Each column has a name for machines and one for people; one of bars has neither.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) head: &'static [(&'static str, &'static str)],
    pub(super) rows: Vec<Vec<Cell>>,
    /// Sentences below it.
    pub(super) notes: Vec<String>,
}

/// What stands in a column.
pub(super) enum Cell {
    Text(String),
    /// Of which people see the beginning.
    Hash(String),
    Number {
        exact: String,
        shown: String,
    },
    /// A share of 0 to 1.
    Bar(f64),
}

/// The longest line of days that is drawn.
const DAYS_MAX: usize = 60;

fn count(number: u64) -> Cell {
    Cell::Number { exact: number.to_string(), shown: thousands(number) }
}

fn maybe(number: Option<u64>) -> Cell {
    number.map_or(Cell::Number { exact: String::new(), shown: "–".to_owned() }, count)
}

fn ms(ms: Option<u64>) -> Cell {
    Cell::Number { exact: ms.map_or(String::new(), |ms| ms.to_string()), shown: time(ms) }
}

/// A part of a whole; nothing of nothing is no share.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Tokens and money, the same three columns in every table.
fn spent(spent: &Spent) -> [Cell; 3] {
    let all = spent.prompt_tokens.saturating_add(spent.completion_tokens);
    let about = if spent.reported_tokens < all { "≈" } else { "" };
    let tokens =
        |tokens: u64| Cell::Number { exact: tokens.to_string(), shown: format!("{about}{}", thousands(tokens)) };
    let cost = Cell::Number { exact: format!("{:.6}", spent.cost_usd), shown: dollars(spent.cost_usd) };
    [tokens(spent.prompt_tokens), tokens(spent.completion_tokens), cost]
}

fn unpriced(attempts: u64) -> Option<String> {
    (attempts > 0).then(|| {
        format!("{} attempts are in no cost, because nobody knows the price of their model.", thousands(attempts))
    })
}

fn of_phase(phase: Phase) -> Cell {
    Cell::Text(value(&phase_name(phase)).to_owned())
}

/// All that there is at a prompt_line.
pub(super) fn overview(figures: &[Figures]) -> Vec<Table> {
    let mut tables = Vec::new();
    for its in figures {
        match its {
            Figures::Funnel { started, complete, abandoned, steps } => {
                tables.push(funnel((*started, *complete, *abandoned), steps));
            }
            Figures::Times { .. } => tables.push(phases(figures)),
            Figures::Errors { kinds } => tables.push(errors(kinds)),
            Figures::Cost { days, total } => tables.push(cost(days, total)),
            _ => {}
        }
    }
    tables
}

fn funnel((started, complete, abandoned): (u64, u64, u64), steps: &[FunnelStep]) -> Table {
    let row = |step: &FunnelStep| {
        let [planned, asked, done, skipped] = [step.planned, step.asked, step.done, step.skipped].map(count);
        vec![of_phase(step.phase), planned, asked, done, skipped, Cell::Bar(share(step.done, step.planned))]
    };
    Table {
        title: "How far sessions got",
        head: &[
            ("phase", "Phase"),
            ("planned", "Planned"),
            ("asked", "Asked"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("", ""),
        ],
        rows: steps.iter().map(row).collect(),
        notes: vec![format!(
            "{} sessions were started, {} are complete, {} were abandoned.",
            thousands(started),
            thousands(complete),
            thousands(abandoned)
        )],
    }
}

/// How long each phase takes, and how often it got a complete reply.
pub(super) fn phases(figures: &[Figures]) -> Table {
    let (mut times, mut rates): (&[PhaseTimes], &[Rate]) = (&[], &[]);
    for its in figures {
        match its {
            Figures::Times { phases } => times = phases,
            Figures::Success { phases, .. } => rates = phases,
            _ => {}
        }
    }
    let mut phases: Vec<Phase> = rates.iter().filter_map(|rate| Phase::from_name(&rate.name)).collect();
    let others: Vec<Phase> = times.iter().map(|its| its.phase).filter(|phase| !phases.contains(phase)).collect();
    phases.extend(others);
    phases.sort_by_cached_key(|phase| (phase.rank(), phase.name().to_owned()));
    let row = |phase: Phase| {
        let its = times.iter().find(|times| times.phase == phase);
        let rate = rates.iter().find(|rate| rate.name == phase.name());
        if its.is_none() && rate.is_none() {
            return None;
        }
        let of = |take: fn(&PhaseTimes) -> Quantiles| its.map(take).unwrap_or_default();
        let total = of(|times| times.total);
        let middle =
            [of(|times| times.model), of(|times| times.human), of(|times| times.idle)].map(|its| ms(its.median_ms));
        let [model, human, idle] = middle;
        let mut row = vec![of_phase(phase)];
        row.extend(success(rate));
        row.extend([ms(total.median_ms), ms(total.p90_ms), model, human, idle]);
        Some(row)
    };
    let (attempts, trusted) = times.iter().fold((0, 0), |sum, its| (sum.0 + its.attempts, sum.1 + its.trusted));
    Table {
        title: "How phases go",
        head: &[
            ("phase", "Phase"),
            ("ended", "Ended"),
            ("whole", "Complete"),
            ("success", "Success"),
            ("success_low", "from"),
            ("success_high", "to"),
            ("total_median_ms", "Median"),
            ("total_p90_ms", "p90"),
            ("model_median_ms", "Model"),
            ("human_median_ms", "You"),
            ("idle_median_ms", "Nobody"),
        ],
        rows: phases.into_iter().filter_map(row).collect(),
        notes: (attempts > 0)
            .then(|| {
                let (trusted, attempts) = (thousands(trusted), thousands(attempts));
                format!("Of {attempts} times, {trusted} were seen whole by one clock. Model, You and Nobody are medians of whose time it was.")
            })
            .into_iter()
            .collect(),
    }
}

/// Attempts, complete replies, their share, and the ends of its interval.
fn success(rate: Option<&Rate>) -> [Cell; 5] {
    let number = |share: f64| Cell::Number { exact: format!("{share:.4}"), shown: percent(share) };
    let none = || Cell::Number { exact: String::new(), shown: "–".to_owned() };
    match rate.filter(|rate| rate.of > 0) {
        Some(rate) => {
            [count(rate.of), count(rate.good), number(share(rate.good, rate.of)), number(rate.low), number(rate.high)]
        }
        None => [count(0), count(0), none(), none(), none()],
    }
}

/// How often each template got a complete reply.
pub(super) fn templates(figures: &[Figures]) -> Table {
    let rates = figures.iter().find_map(|its| match its {
        Figures::Success { templates, .. } => Some(templates.as_slice()),
        _ => None,
    });
    let row = |rate: &Rate| {
        let mut row = vec![Cell::Text(rate.label.clone()), Cell::Hash(rate.name.clone())];
        row.extend(success(Some(rate)));
        row
    };
    Table {
        title: "How templates go",
        head: &[
            ("phase", "Phase"),
            ("template", "Template"),
            ("ended", "Ended"),
            ("whole", "Complete"),
            ("success", "Success"),
            ("success_low", "from"),
            ("success_high", "to"),
        ],
        rows: rates.unwrap_or_default().iter().map(row).collect(),
        notes: Vec::new(),
    }
}

fn errors(kinds: &[Count]) -> Table {
    let most = kinds.iter().map(|kind| kind.count).max().unwrap_or(0);
    let row = |kind: &Count| vec![Cell::Text(kind.name.clone()), count(kind.count), Cell::Bar(share(kind.count, most))];
    Table {
        title: "What went wrong",
        head: &[("kind", "Kind"), ("count", "Count"), ("", "")],
        rows: kinds.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

const SPENT: &[(&str, &str)] = &[
    ("day", "Day"),
    ("attempts", "Attempts"),
    ("prompt_tokens", "Prompt tokens"),
    ("completion_tokens", "Reply tokens"),
    ("cost_usd", "Cost"),
];

/// All of it in one row, with the days as a line.
fn cost(days: &[Day], total: &Spent) -> Table {
    let row = || {
        let mut row = vec![Cell::Text("All".to_owned()), count(days.iter().map(|day| day.attempts).sum())];
        row.extend(spent(total));
        row
    };
    Table {
        title: "What it took",
        head: SPENT,
        rows: days.first().map(|_| row()).into_iter().collect(),
        notes: lines(days, total),
    }
}

/// Each day.
pub(super) fn days(figures: &[Figures]) -> Table {
    let found = figures.iter().find_map(|its| match its {
        Figures::Cost { days, total } => Some((days.as_slice(), *total)),
        _ => None,
    });
    let (days, total) = found.unwrap_or_default();
    let row = |day: &Day| {
        let mut row = vec![Cell::Text(day.day.clone()), count(day.attempts)];
        row.extend(spent(&day.spent));
        row
    };
    Table { title: "What days took", head: SPENT, rows: days.iter().map(row).collect(), notes: lines(days, &total) }
}

/// The newest days as blocks.
fn lines(days: &[Day], total: &Spent) -> Vec<String> {
    let newest = &days[days.len().saturating_sub(DAYS_MAX)..];
    let line = newest.first().zip(newest.last()).map(|(first, last)| {
        let attempts: Vec<f64> = newest.iter().map(|day| share(day.attempts, 1)).collect();
        format!("{} attempts a day, {} to {}", sparkline(&attempts), first.day, last.day)
    });
    line.into_iter().chain(unpriced(total.unpriced)).collect()
}

/// Projects, branches or models.
pub(super) fn groups(what: &'static str, figures: &[Figures]) -> Table {
    let rows = figures.iter().find_map(|its| match its {
        Figures::Groups { rows } => Some(rows.as_slice()),
        _ => None,
    });
    let rows = rows.unwrap_or_default();
    let row = |group: &Group| {
        let mut row = vec![Cell::Text(group.name.clone())];
        row.extend([
            maybe(group.sessions),
            maybe(group.complete),
            count(group.attempts),
            count(group.good),
            ms(Some(group.model_ms)),
        ]);
        row.extend(spent(&group.spent));
        row
    };
    Table {
        title: what,
        head: &[
            ("name", "Name"),
            ("sessions", "Sessions"),
            ("complete", "Complete"),
            ("attempts", "Attempts"),
            ("whole", "Replies"),
            ("model_ms", "Model"),
            ("prompt_tokens", "Prompt tokens"),
            ("completion_tokens", "Reply tokens"),
            ("cost_usd", "Cost"),
        ],
        rows: rows.iter().map(row).collect(),
        notes: unpriced(rows.iter().map(|group| group.spent.unpriced).sum()).into_iter().collect(),
    }
}
