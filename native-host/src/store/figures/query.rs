//! From a filter to the rows of a rollup that it means. Everything that comes from outside is bound, never spelled.

use super::super::StoreError;
use prompt_runner_core::stats::Filter;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

/// Behind every month and day of the same beginning: `2026-11~` comes after `2026-11-30` and before `2026-12`.
const BEHIND: char = '~';

/// A filter whose names are looked up; a name that nobody ever used is no id.
#[derive(Clone)]
pub(super) struct Slice<'a> {
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

impl<'a> Slice<'a> {
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

    pub(super) fn attempts(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_attempt", self.template, columns, ending)
    }

    pub(super) fn times(&self, columns: &str, ending: &str) -> Rows<'a> {
        self.rollup("rollup_time", self.template, columns, ending)
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

    /// Whole months and the days around them, as `(grain, from, before)`: months are few, days are exact.
    fn pieces(&self) -> Vec<(&'static str, String, String)> {
        let since = self.since.clone().unwrap_or_default();
        let until = self.until.as_ref().map_or_else(|| BEHIND.to_string(), |day| format!("{day}{BEHIND}"));
        let month = |day: &Option<String>| day.as_ref().map(|day| day.chars().take(7).collect::<String>());
        let (first, last) = (month(&self.since), month(&self.until));
        let of = |kind, id: Option<i64>| id.is_some() || self.each == Some(kind);
        let coarse = self.coarse && !(of("project", self.project) && of("branch", self.branch));
        // Within one month, or from a day to an earlier one: then there is nothing.
        if !coarse || first.as_ref().zip(last.as_ref()).is_some_and(|(first, last)| first >= last) {
            return vec![("day", since, until)];
        }
        let whole_from = first.as_ref().map_or_else(String::new, |month| format!("{month}{BEHIND}"));
        let whole_before = last.clone().unwrap_or_else(|| BEHIND.to_string());
        let before = first.map(|_| ("day", since, whole_from.clone()));
        let after = last.map(|month| ("day", month, until));
        before.into_iter().chain(after).chain([("month", whole_from, whole_before)]).collect()
    }

    fn rollup(&self, table: &str, template: Option<i64>, columns: &str, ending: &str) -> Rows<'a> {
        let pieces = self.pieces();
        let places = vec!["(?, ?, ?)"; pieces.len()].join(", ");
        let mut values: Vec<Value> = Vec::new();
        for (grain, from, before) in pieces {
            values.extend([Value::Text(grain.to_owned()), Value::Text(from), Value::Text(before)]);
        }
        let mut sql = format!(
            "WITH piece (grain, first, before) AS (VALUES {places})
            SELECT {columns} FROM piece CROSS JOIN {table} AS r
                ON r.grain = piece.grain AND r.period >= piece.first AND r.period < piece.before"
        );
        for (column, id) in [("project", self.project), ("branch", self.branch)] {
            // 0 is all of them together, and stands beside each of them.
            if id.is_none() && self.each == Some(column) {
                sql.push_str(&format!(" AND r.{column} > 0"));
            } else {
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
