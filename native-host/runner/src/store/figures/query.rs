//! From a filter to the rows of a rollup that it means. Everything that comes from outside is bound, never spelled.

use super::super::StoreError;
use jiff::civil::Date;
use prompt_runner_core::stats::Filter;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

/// Behind every month and day of the same beginning: `2026-11~` comes after `2026-11-30` and before `2026-12`.
const BEHIND: char = '~';

/// A filter whose names are looked up; a name that nobody ever used is no id.
#[derive(Clone)]
pub(super) struct RollupQuery<'a> {
    connection: &'a Connection,
    since: Option<String>,
    until: Option<String>,
    project: Option<i64>,
    branch: Option<i64>,
    workflow: Option<i64>,
    template: Option<i64>,
    /// Months as well as days, where there are months.
    coarse: bool,
    /// Each project, or each branch, by itself.
    each: Option<&'static str>,
    /// Of these no others, by their ids.
    only: Option<Vec<i64>>,
}

/// Grain, from, before.
type Range = (&'static str, String, String);

/// The statement that reads columns of a table in ranges of time, with names between the two where there are any.
fn reading(columns: &str, table: &str, names: &str, ranges: Vec<Range>) -> (String, Vec<Value>) {
    let places = vec!["(?, ?, ?)"; ranges.len()].join(", ");
    let values = ranges
        .into_iter()
        .flat_map(|(grain, from, before)| [Value::Text(grain.to_owned()), Value::Text(from), Value::Text(before)]);
    let sql = format!(
        "WITH piece (grain, first, before) AS (VALUES {places})
        SELECT {columns} FROM piece {names} CROSS JOIN {table} AS r
            ON r.grain = piece.grain AND r.period >= piece.first AND r.period < piece.before"
    );
    (sql, values.collect())
}

/// A statement with its values.
pub(super) struct Rows<'a> {
    connection: &'a Connection,
    sql: String,
    values: Vec<Value>,
}

impl Rows<'_> {
    pub(super) fn all<T>(&self, read: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(&self.sql)?;
        Ok(statement.query_map(params_from_iter(&self.values), read)?.collect::<Result<_, _>>()?)
    }
}

impl<'a> RollupQuery<'a> {
    pub(super) fn of(connection: &'a Connection, filter: &Filter) -> Result<Self, StoreError> {
        let id = |kind: &str, name: &Option<String>| {
            let Some(name) = name else { return Ok(None) };
            let sql = "SELECT id FROM dimension WHERE kind = ?1 AND name = ?2";
            let found = connection.prepare_cached(sql)?.query_row(params![kind, name], |row| row.get(0)).optional()?;
            Ok::<_, StoreError>(Some(found.unwrap_or(-1)))
        };
        Ok(Self {
            connection,
            since: filter.since.clone(),
            until: filter.until.clone(),
            project: id("project", &filter.project)?,
            branch: id("branch", &filter.branch)?,
            workflow: id("workflow", &filter.workflow)?,
            template: id("template", &filter.template)?,
            coarse: true,
            each: None,
            only: None,
        })
    }

    /// The same, day by day.
    pub(super) fn by_day(&self) -> Self {
        Self { coarse: false, ..self.clone() }
    }

    /// The same, with each `project` or `branch` by itself.
    pub(super) fn by_each(&self, kind: &'static str) -> Self {
        Self { each: Some(kind), ..self.clone() }
    }

    /// The same, with each `project` or `branch` of these by itself.
    pub(super) fn by_each_of(&self, kind: &'static str, only: Vec<i64>) -> Self {
        Self { only: Some(only), ..self.by_each(kind) }
    }

    pub(super) fn attempts(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_attempt", self.template, columns, ending)
    }

    pub(super) fn times(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_time", self.template, columns, ending)
    }

    /// Where the buckets of durations begin, in milliseconds.
    pub(super) fn bounds(&self) -> Result<Vec<f64>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT low FROM bucket ORDER BY n")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    pub(super) fn errors(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_error", self.template, columns, ending)
    }

    pub(super) fn sessions(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_session", None, columns, ending)
    }

    pub(super) fn steps(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_step", None, columns, ending)
    }

    /// The attempts themselves.
    pub(super) fn measured_attempts(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.measured("orchestration_metrics", self.template, columns, ending)
    }

    /// The sessions themselves.
    pub(super) fn measured_sessions(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.measured("orchestration_sessions", None, columns, ending)
    }

    /// The sums of branches side by side: of attempts, narrowed by the template, and of sessions, which have none.
    pub(super) fn branches(&self, columns: &str, ending: &str) -> Rows<'a> {
        let ranges = match (&self.since, &self.until) {
            (None, None) => vec![("all", String::new(), BEHIND.to_string())],
            _ => self.ranges(self.coarse),
        };
        let (sql, values) = reading(columns, "rollup_branch", "", ranges);
        let rest = [
            (" AND r.template = ?", Some(self.template.unwrap_or(0))),
            (" AND r.project = ?", self.project),
            (" AND r.branch = ?", self.branch),
            (" AND r.workflow = ?", self.workflow),
        ];
        self.narrowed(sql, values, rest, ending)
    }

    /// Whether sums are of attempts of one template.
    pub(super) fn of_template(&self) -> bool {
        self.template.is_some()
    }

    /// Whole months, where there are sums of months, and the days around them: months are few, days are exact.
    fn ranges(&self, coarse: bool) -> Vec<Range> {
        let since = self.since.clone().unwrap_or_default();
        let until = self.until.as_ref().map_or_else(|| BEHIND.to_string(), |day| format!("{day}{BEHIND}"));
        let month = |day: &str| day.chars().take(7).collect::<String>();
        let behind = |day: &str| format!("{}{BEHIND}", month(day));
        let is_last = |day: &str| day.parse::<Date>().is_ok_and(|date| date == date.last_of_month());
        let whole_from = self.since.as_ref().map(|day| if day.ends_with("-01") { month(day) } else { behind(day) });
        let whole_before = self.until.as_ref().map(|day| if is_last(day) { behind(day) } else { month(day) });
        let from = whole_from.clone().unwrap_or_default();
        let before = whole_before.clone().unwrap_or_else(|| BEHIND.to_string());
        // Without a whole month in between, or from a day to an earlier one: then there is nothing.
        if !coarse || from >= before {
            return vec![("day", since, until)];
        }
        let head = whole_from.filter(|from| from.ends_with(BEHIND)).map(|from| ("day", since, from));
        let tail = whole_before.filter(|before| !before.ends_with(BEHIND)).map(|before| ("day", before, until));
        head.into_iter().chain(tail).chain([("month", from, before)]).collect()
    }

    fn rollup(&self, table: &str, template: Option<i64>, columns: &str, ending: &str) -> Rows<'a> {
        let named = |kind| if kind == "project" { self.project.is_some() } else { self.branch.is_some() };
        let apart = |kind| named(kind) || self.each == Some(kind);
        // One project's one branch has few rows, so it has days alone.
        let coarse = self.coarse && !(apart("project") && apart("branch"));
        let each = self.each.filter(|kind| !named(kind));
        // One after the other by its key: else all that any of them ever did would be walked through.
        let ids = self.only.as_ref().map(|only| format!(" AND d.id IN ({})", vec!["?"; only.len()].join(", ")));
        let names = each.map_or_else(String::new, |kind| {
            format!("CROSS JOIN dimension AS d ON d.kind = '{kind}'{}", ids.unwrap_or_default())
        });
        let (mut sql, mut values) = reading(columns, table, &names, self.ranges(coarse));
        if each.is_some() {
            values.extend(self.only.iter().flatten().copied().map(Value::Integer));
        }
        for (column, id) in [("project", self.project), ("branch", self.branch)] {
            if each == Some(column) {
                sql.push_str(&format!(" AND r.{column} = d.id"));
            } else {
                // 0 is all of them together, and stands beside each of them.
                sql.push_str(&format!(" AND r.{column} = ?"));
                values.push(Value::Integer(id.unwrap_or(0)));
            }
        }
        let rest = [(" AND r.workflow = ?", self.workflow), (" AND r.template = ?", template)];
        self.narrowed(sql, values, rest, ending)
    }

    fn measured(&self, table: &str, template: Option<i64>, columns: &str, ending: &str) -> Rows<'a> {
        let sql = format!("SELECT {columns} FROM {table} AS r WHERE r.day >= ? AND r.day < ?");
        let until = self.until.as_ref().map_or_else(|| BEHIND.to_string(), |day| format!("{day}{BEHIND}"));
        let values = vec![Value::Text(self.since.clone().unwrap_or_default()), Value::Text(until)];
        let rest = [
            (" AND r.project_id = ?", self.project),
            (" AND r.branch_id = ?", self.branch),
            (" AND r.workflow_id = ?", self.workflow),
            (" AND r.template_id = ?", template),
        ];
        self.narrowed(sql, values, rest, ending)
    }

    fn narrowed<const N: usize>(
        &self,
        mut sql: String,
        mut values: Vec<Value>,
        by: [(&str, Option<i64>); N],
        ending: &str,
    ) -> Rows<'a> {
        for (condition, id) in by {
            if let Some(id) = id {
                sql.push_str(condition);
                values.push(Value::Integer(id));
            }
        }
        sql.push(' ');
        sql.push_str(ending);
        Rows { connection: self.connection, sql, values }
    }
}
