//! Figures over the record, and the record against itself.

use super::{Runner, unknown};
use crate::prices;
use crate::store::{Difference, Price};
use jiff::civil::Date;
use prompt_runner_core::event::fold;
use prompt_runner_core::protocol::answer::{PanelFigures, SessionTimeline};
use prompt_runner_core::protocol::{Handler, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::stats::{Figures, Filter, Panel, Timeline};
use prompt_runner_core::status::view;
use prompt_runner_core::timeline::{marks, spans};

impl Handler<ask::Panel> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Panel { panel, filter }: ask::Panel) -> Result<PanelFigures, Refusal> {
        for day in filter.since.iter().chain(&filter.until) {
            // Days are compared as texts, so the one spelling counts.
            if day.parse::<Date>().ok().is_none_or(|date| date.to_string() != *day) {
                return Err(Refusal::new(Code::RequestInvalid, format!("“{day}” is no day, such as 2026-11-22.")));
            }
        }
        self.price()?;
        Ok(PanelFigures { figures: self.store.figures(panel, &filter)? })
    }
}

impl Handler<ask::Timeline> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Timeline { session }: ask::Timeline) -> Result<SessionTimeline, Refusal> {
        let events = self.store.events(&session)?;
        let state = fold(&session, &events).ok_or_else(|| unknown(session.as_str()))?;
        let timeline = Timeline { view: view(&state), spans: spans(&events), marks: marks(&events) };
        Ok(SessionTimeline { timeline })
    }
}

impl Runner {
    /// The figures of several panels, in their order.
    ///
    /// # Errors
    /// As the request `panel`.
    pub fn panels(&mut self, panels: &[Panel], filter: &Filter) -> Result<Vec<Figures>, Refusal> {
        let figures = |panel: &Panel| self.ask(ask::Panel { panel: *panel, filter: filter.clone() });
        panels.iter().map(figures).map(|answer| answer.map(|answer| answer.figures)).collect()
    }

    /// Sees to it that the store has the prices that hold for this user. Only figures need them, so nobody else waits for their file,
    /// and no reply is lost over a fault in it.
    fn price(&mut self) -> Result<(), Refusal> {
        let prices = prices::table(&self.config)?;
        let row = |row: &prices::Price| {
            let (id, beyond) = prices.model_of(row);
            Price {
                id,
                beyond,
                since: row.from.clone().unwrap_or_default(),
                until: row.until.clone(),
                input: row.input,
                output: row.output,
                cached: row.input_cached.unwrap_or(row.input),
            }
        };
        let rows: Vec<Price> = prices.rows.iter().map(row).collect();
        Ok(self.store.set_prices(&prices.version, &rows)?)
    }

    /// Where the read models of the database are not what its log says.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn verify(&self) -> Result<Vec<Difference>, Refusal> {
        Ok(self.store.verify()?)
    }

    /// Makes the read models of the database anew from its log.
    ///
    /// # Errors
    /// Every `store.*` refusal; nothing was changed then.
    pub fn rebuild(&mut self) -> Result<(), Refusal> {
        Ok(self.store.rebuild()?)
    }
}
