// Generated from core/src by `cargo xtask codegen`: the protocol, for type-checked JavaScript.

/**
 * Find a session and say where it stands: by id, or else the newest of this conversation; with neither, the newest active one
 * that has no conversation yet.
 */
export type StatusRequest = { 
/**
 * A session id.
 */
session?: SessionId | null, 
/**
 * Site and path of a conversation, such as `claude.ai/chat/<uuid>`.
 */
conversation?: string | null, };

/**
 * Give the prompt of a phase: rendered anew when the phase begins or failed, the same one again while its reply is awaited.
 */
export type PromptRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the current one when left out.
 */
phase?: Phase | null, 
/**
 * Where the reply is incomplete: ask for the rest of it in this way, and not for all of it again.
 */
repair?: Repair | null, };

/**
 * Note that the prompt stands in the composer, read back and equal.
 */
export type PlacedRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase.
 */
phase: Phase, 
/**
 * The prompt.
 */
nonce: string, };

/**
 * Note that the developer sent the prompt, in this conversation.
 */
export type SentRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase.
 */
phase: Phase, 
/**
 * The prompt.
 */
nonce: string, 
/**
 * When, in milliseconds since 1970.
 */
sent_ms: number, 
/**
 * Site and path of the conversation, once it has one.
 */
conversation?: string | null, };

/**
 * Store a reply. Answered only when it is on disk.
 */
export type CaptureRequest = { 
/**
 * Made by the client; the same id is stored once.
 */
capture: string, 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the current one when left out.
 */
phase?: Phase | null, 
/**
 * The reply.
 */
body: Body, 
/**
 * Where it came from.
 */
source: Source, 
/**
 * Its times as the client saw them.
 */
timing: Timing, 
/**
 * Site and path of the conversation it was read in.
 */
conversation?: string | null, 
/**
 * The same reply as other sources have it, in order of trust; the first that proves itself is taken.
 */
others: Array<Other>, 
/**
 * Who was asked, where that was no chat page.
 */
by?: Origin | null, };

/**
 * Take an incomplete reply as it is.
 */
export type AcceptRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the current one when left out.
 */
phase?: Phase | null, };

/**
 * Note that the site says that its usage limit is reached.
 */
export type LimitRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * What it says, at most 1,000 characters of it; read for the time at which the limit ends, and not kept.
 */
text: string, };

/**
 * Keep what a page's self-test counted. The newest report of each site is kept, for `prompt-runner doctor --page`.
 */
export type PageReportRequest = { 
/**
 * The report.
 */
report: PageReport, };

/**
 * Rate a session.
 */
export type RateRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * 1 (badly) to 5 (well).
 */
rating: number, 
/**
 * In the developer's words, at most 2,000 characters.
 */
word?: string | null, 
/**
 * Minutes that the developer says were saved.
 */
saved_minutes?: number | null, };

/**
 * Is anybody there, and which version?
 */
export type PingRequest = Record<symbol, never>;

/**
 * Start a session.
 */
export type StartRequest = { 
/**
 * What the developer wants, 1 to 20,000 characters.
 */
feature: string, 
/**
 * The absolute path of the project.
 */
project?: string | null, 
/**
 * The name of the workflow; `feature` when left out.
 */
workflow?: string | null, 
/**
 * The conversation to live in, if there is one already.
 */
conversation?: string | null, };

/**
 * List the newest sessions.
 */
export type ListRequest = { 
/**
 * Only those of this project.
 */
project?: string | null, 
/**
 * At most so many, 1 to 500.
 */
limit?: number | null, };

/**
 * Say what a reply would be read as. Nothing is stored.
 */
export type ReadRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the current one when left out.
 */
phase?: Phase | null, 
/**
 * The reply, as markdown or as a page shows it.
 */
text: string, 
/**
 * Where it came from.
 */
source: Source, };

/**
 * Close a session whose every phase is done.
 */
export type CompleteRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * Give the stored prompt and reply of each phase.
 */
export type ShowRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * Leave a phase out.
 */
export type SkipRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the current one when left out.
 */
phase?: Phase | null, };

/**
 * Begin a phase and those after it again. What was recorded of them stays in the log.
 */
export type RedoRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase.
 */
phase: Phase, };

/**
 * Abandon a session. What was recorded of it stays.
 */
export type AbandonRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * Give the figures of one panel.
 */
export type PanelRequest = { 
/**
 * Which.
 */
panel: Panel, 
/**
 * Of which part of the record; of all of it when left out.
 */
filter: Filter, };

/**
 * List the workflows that a session may be started with.
 */
export type WorkflowsRequest = { 
/**
 * The absolute path of the project whose own workflows are meant too.
 */
project?: string | null, };

/**
 * Say what the reply of a phase would do to the files of its project. Nothing is changed.
 */
export type ChangesRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the newest with files and a reply when left out.
 */
phase?: Phase | null, };

/**
 * Change the files of the project as it was shown, all of them or none.
 */
export type ApplyRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase; the newest with files and a reply when left out.
 */
phase?: Phase | null, 
/**
 * The name of the plan that was shown.
 */
token: string, 
/**
 * Only these files; all of them when left out, if every change could be read.
 */
files?: Array<string> | null, 
/**
 * Files that no reply may change, and that are wanted all the same.
 */
allow: Array<string>, };

/**
 * Take a change of files back.
 */
export type UndoRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The step; the newest that stands when left out.
 */
step: number | null, 
/**
 * Files that were changed since, and are to be put back all the same.
 */
force: Array<string>, };

/**
 * Take back every change of files after a step.
 */
export type RestoreRequest = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The step.
 */
step: number, 
/**
 * Files that were changed since, and are to be put back all the same.
 */
force: Array<string>, };

/**
 * List what was done to files in a session.
 */
export type StepsRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * Say what is left of the files that a session changed: kept, changed since, or as before.
 */
export type OutcomeRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * Draw one session over time.
 */
export type TimelineRequest = { 
/**
 * The session.
 */
session: SessionId, };

/**
 * The host is there.
 */
export type Pong = { 
/**
 * The version of the program.
 */
version: string, 
/**
 * The version of the bundled SQLite.
 */
sqlite: string, 
/**
 * The database file.
 */
database: string, 
/**
 * How many bytes it keeps of files that were changed; an older program does not say.
 */
files_bytes: number, };

/**
 * The session that was looked for.
 */
export type SessionFound = { 
/**
 * The session, if there is one.
 */
view: View | null, };

/**
 * The newest sessions.
 */
export type SessionList = { 
/**
 * Newest first.
 */
sessions: Array<View>, };

/**
 * A prompt.
 */
export type RenderedPrompt = { 
/**
 * The session after it.
 */
view: View, 
/**
 * The phase that the prompt asks for.
 */
phase: Phase, 
/**
 * The nonce in it.
 */
nonce: string, 
/**
 * The prompt.
 */
text: string, };

/**
 * The reply is on disk.
 */
export type Captured = { 
/**
 * What was read in it.
 */
verdict: Verdict, 
/**
 * True when it had been stored before.
 */
duplicate: boolean, 
/**
 * The session after it.
 */
view: View, };

/**
 * What a reply would be read as.
 */
export type Reading = { 
/**
 * The phase that it was read for.
 */
phase: Phase, 
/**
 * What was read in it.
 */
verdict: Verdict, 
/**
 * Why `capture` would not store it, as a refusal; left out where it would.
 */
refusal?: Refusal | null, };

/**
 * What is stored of a session.
 */
export type SessionRecord = { 
/**
 * The session.
 */
view: View, 
/**
 * Each phase that has a prompt.
 */
phases: Array<PhaseRecord>, 
/**
 * What is kept beside them.
 */
attachments: Array<AttachmentRecord>, };

/**
 * The figures of a panel.
 */
export type PanelFigures = { 
/**
 * The figures.
 */
figures: Figures, };

/**
 * The workflows that there are.
 */
export type WorkflowList = { 
/**
 * The one of who names none first.
 */
workflows: Array<WorkflowEntry>, };

/**
 * A session over time.
 */
export type SessionTimeline = { 
/**
 * The session over time.
 */
timeline: Timeline, };

/**
 * What a reply would do to the files of its project.
 */
export type ChangePlan = { 
/**
 * The session.
 */
view: View, 
/**
 * The phase whose reply it is.
 */
phase: Phase, 
/**
 * A name for all of it: to be given back when it is to be done.
 */
token: string, 
/**
 * The files.
 */
files: Array<PlannedFile>, 
/**
 * What could not be read, or has no certain place.
 */
faults: Array<PlanFault>, };

/**
 * Files were changed.
 */
export type FilesDone = { 
/**
 * The step, by which it can be taken back.
 */
step: number, 
/**
 * The files.
 */
files: Array<FileDone>, 
/**
 * The session after it.
 */
view: View, };

/**
 * What was done to files in a session.
 */
export type ChangeSteps = { 
/**
 * Oldest first.
 */
steps: Array<ChangeStep>, 
/**
 * The session.
 */
view: View, };

/**
 * What is left of the files that a session changed.
 */
export type FilesOutcome = { 
/**
 * The files, each once.
 */
files: Array<FileOutcome>, 
/**
 * The session.
 */
view: View, };

/**
 * What the host makes of a page.
 */
export type PageJudgement = { 
/**
 * Why the site's profile does not fit it; empty where it does.
 */
drift: Array<UiMessage>, };

/**
 * A session as it is after what was asked; on the wire the same as [`SessionFound`].
 */
export type SessionView = { 
/**
 * The session.
 */
view: View, };

/**
 * What each request is answered with.
 */
export type Answers = {
	status: { type: 'session' } & SessionFound,
	prompt: { type: 'prompt' } & RenderedPrompt,
	placed: { type: 'session' } & SessionView,
	sent: { type: 'session' } & SessionView,
	capture: { type: 'captured' } & Captured,
	accept: { type: 'session' } & SessionView,
	limit: { type: 'session' } & SessionView,
	page_report: { type: 'page' } & PageJudgement,
	rate: { type: 'session' } & SessionView,
	ping: { type: 'pong' } & Pong,
	start: { type: 'session' } & SessionView,
	list: { type: 'sessions' } & SessionList,
	read: { type: 'read' } & Reading,
	complete: { type: 'session' } & SessionView,
	show: { type: 'record' } & SessionRecord,
	skip: { type: 'session' } & SessionView,
	redo: { type: 'session' } & SessionView,
	abandon: { type: 'session' } & SessionView,
	panel: { type: 'figures' } & PanelFigures,
	workflows: { type: 'workflows' } & WorkflowList,
	changes: { type: 'plan' } & ChangePlan,
	apply: { type: 'files' } & FilesDone,
	undo: { type: 'files' } & FilesDone,
	restore: { type: 'files' } & FilesDone,
	steps: { type: 'steps' } & ChangeSteps,
	outcome: { type: 'outcome' } & FilesOutcome,
	timeline: { type: 'timeline' } & SessionTimeline,
};

/**
 * A request on the wire.
 */
export type Envelope = { 
/**
 * Always `VERSION`.
 */
v: number, 
/**
 * Chosen by the client; the answer carries it again.
 */
id: string, 
/**
 * What is asked.
 */
request: Request, };

/**
 * A request.
 */
export type Request = { "type": "status" } & StatusRequest | { "type": "prompt" } & PromptRequest | { "type": "placed" } & PlacedRequest | { "type": "sent" } & SentRequest | { "type": "capture" } & CaptureRequest | { "type": "accept" } & AcceptRequest | { "type": "limit" } & LimitRequest | { "type": "page_report" } & PageReportRequest | { "type": "rate" } & RateRequest | { "type": "ping" } & PingRequest | { "type": "start" } & StartRequest | { "type": "list" } & ListRequest | { "type": "read" } & ReadRequest | { "type": "complete" } & CompleteRequest | { "type": "show" } & ShowRequest | { "type": "skip" } & SkipRequest | { "type": "redo" } & RedoRequest | { "type": "abandon" } & AbandonRequest | { "type": "panel" } & PanelRequest | { "type": "workflows" } & WorkflowsRequest | { "type": "changes" } & ChangesRequest | { "type": "apply" } & ApplyRequest | { "type": "undo" } & UndoRequest | { "type": "restore" } & RestoreRequest | { "type": "steps" } & StepsRequest | { "type": "outcome" } & OutcomeRequest | { "type": "timeline" } & TimelineRequest;

/**
 * The text of a reply, as its source has it.
 */
export type Body = { "format": "blocks", "content": Array<Block> } | { "format": "markdown", "content": string };

/**
 * A reply as another source has it.
 */
export type Other = { 
/**
 * Which.
 */
source: Source, 
/**
 * Markdown.
 */
text: string, };

/**
 * A message of the host on the wire.
 */
export type Message = { 
/**
 * Always `VERSION`.
 */
v: number, 
/**
 * The id of the request.
 */
id: string, 
/**
 * What came of it.
 */
reply: Reply, } | { 
/**
 * Always `VERSION`.
 */
v: number, 
/**
 * The id of the request; empty where none could be read.
 */
id: string, 
/**
 * Why, and what to do next.
 */
refusal: Refusal, } | { 
/**
 * Always `VERSION`.
 */
v: number, 
/**
 * What is new.
 */
notice: Notice, } | { 
/**
 * Always `VERSION`.
 */
v: number, 
/**
 * The id of the message in pieces.
 */
id: string, 
/**
 * Which piece, from 0.
 */
index: number, 
/**
 * How many there are.
 */
of: number, 
/**
 * The piece of the JSON text.
 */
piece: string, };

/**
 * An answer on the wire.
 */
export type Reply = { "type": "session" } & SessionFound | { "type": "prompt" } & RenderedPrompt | { "type": "captured" } & Captured | { "type": "page" } & PageJudgement | { "type": "pong" } & Pong | { "type": "sessions" } & SessionList | { "type": "read" } & Reading | { "type": "record" } & SessionRecord | { "type": "figures" } & PanelFigures | { "type": "workflows" } & WorkflowList | { "type": "timeline" } & SessionTimeline | { "type": "plan" } & ChangePlan | { "type": "files" } & FilesDone | { "type": "steps" } & ChangeSteps | { "type": "outcome" } & FilesOutcome;

/**
 * What is stored of one phase.
 */
export type PhaseRecord = { 
/**
 * Which.
 */
phase: Phase, 
/**
 * The prompt.
 */
prompt: string | null, 
/**
 * The reply as markdown.
 */
reply: string | null, };

/**
 * A text that is kept beside a session.
 */
export type AttachmentRecord = { 
/**
 * Its name.
 */
name: string, 
/**
 * The text.
 */
text: string, };

/**
 * A workflow that can be used.
 */
export type WorkflowEntry = { 
/**
 * The name that a session is started with.
 */
name: string, 
/**
 * What people call it.
 */
title: string, 
/**
 * Its phases, first to last.
 */
phases: Array<Phase>, };

/**
 * What becomes of a file.
 */
export type ChangeKind = "new" | "changed" | "deleted" | "renamed" | "mode" | "same";

/**
 * A file of a plan.
 */
export type PlannedFile = { 
/**
 * The file, from the project's root.
 */
path: string, 
/**
 * Its name before, where it is renamed.
 */
from: string | null, 
/**
 * What becomes of it.
 */
kind: ChangeKind, 
/**
 * Lines that come.
 */
added: number, 
/**
 * Lines that go.
 */
removed: number, 
/**
 * Whether it may be run afterwards, where that changes.
 */
executable: boolean | null, 
/**
 * The form in which it was written.
 */
form: Form, 
/**
 * How its lines were found.
 */
grade: Grade, 
/**
 * What its reader should know.
 */
notes: Array<Note>, 
/**
 * Why no reply may change it, where that is so.
 */
denied: Danger | null, 
/**
 * The difference, as `diff -u` writes it, without a header.
 */
diff: string, 
/**
 * The difference is longer than what is shown of it.
 */
diff_cut: boolean, };

/**
 * Something in a reply that changes no file, because it is not certain.
 */
export type PlanFault = { 
/**
 * The file as the reply names it.
 */
path: string | null, 
/**
 * The line of the section, from 1.
 */
line: number, 
/**
 * What is wrong.
 */
why: Why, 
/**
 * The same in words, as the end of a sentence.
 */
message: string, };

/**
 * A file that was changed.
 */
export type FileDone = { 
/**
 * The file.
 */
path: string, 
/**
 * It was not there before.
 */
new: boolean, 
/**
 * It is there no more.
 */
gone: boolean, };

/**
 * Something that was done to files.
 */
export type ChangeStep = { 
/**
 * By what it is called.
 */
step: number, 
/**
 * When, milliseconds since 1970.
 */
at_ms: number, 
/**
 * What for.
 */
cause: Cause, 
/**
 * How many files.
 */
files: number, 
/**
 * It was done; else it was begun and taken back.
 */
done: boolean, 
/**
 * It was done, and is not taken back.
 */
stands: boolean, };

/**
 * A file that a session changed, as it is now.
 */
export type FileOutcome = { 
/**
 * The file.
 */
path: string, 
/**
 * What became of the change.
 */
left: Left, };

/**
 * What became of a change.
 */
export type Left = "kept" | "changed" | "reverted";

/**
 * What a denied file has power over.
 */
export type Danger = "version_control" | "hooks" | "build_machine" | "editor" | "agent" | "shell" | "packages" | "keys" | "ours" | "yours";

/**
 * The forms of changes.
 */
export type Form = "whole" | "search" | "diff" | "patch" | "heading";

/**
 * How the lines of a change were found in the file.
 */
export type Grade = "exact" | "blanks" | "indentation";

/**
 * Something about a result that its reader should know.
 */
export type Note = "mixed_line_ends" | "much_shorter" | "blanks_only";

/**
 * Why a path is refused.
 */
export type PathFault = "no_file" | "absolute" | "up" | "backslash" | "unseen" | "reserved" | "device" | "long";

/**
 * What can be wrong with a change.
 */
export type Why = { "code": "no_path" } | { "code": "no_text" } | { "code": "two_paths", 
/**
 * The other one.
 */
other: string, } | { "code": "bad_path", 
/**
 * What is wrong with it.
 */
fault: PathFault, } | { "code": "fence_unclear" } | { "code": "elided", 
/**
 * The line that stands for it.
 */
text: string, } | { "code": "malformed", 
/**
 * What is wrong, in a few words.
 */
what: string, } | { "code": "no_plain_file", 
/**
 * What it is.
 */
what: string, } | { "code": "twice" } | { "code": "not_found", 
/**
 * The first of them.
 */
text: string, 
/**
 * The line of the file that is most like it, from 1.
 */
nearest: number | null, } | { "code": "ambiguous", 
/**
 * The first of them.
 */
text: string, 
/**
 * The lines of the file at which they stand, from 1.
 */
at: Array<number>, } | { "code": "no_place" } | { "code": "overlap" } | { "code": "no_such_file" } | { "code": "file_exists" } | { "code": "not_text" } | { "code": "would_be_empty" };

/**
 * Why files are changed.
 */
export type Cause = { "what": "apply", 
/**
 * The phase that it answers.
 */
phase: Phase, 
/**
 * SHA-256 of its text.
 */
reply: string, } | { "what": "undo", 
/**
 * Which: the place of its event in the log.
 */
step: number, } | { "what": "restore", 
/**
 * Which.
 */
step: number, };

/**
 * What the host says unasked.
 */
export type Notice = { "type": "changed", 
/**
 * The session as it is now.
 */
view: View, };

/**
 * What a page showed: counts, tag names and lengths. Nothing of its content.
 */
export type PageReport = { 
/**
 * The host name.
 */
site: string, 
/**
 * The address is that of a conversation, as opposed to a new chat.
 */
conversation: boolean, 
/**
 * Each element of the profile.
 */
elements: Array<Found>, 
/**
 * One letter for each of the last rows: `u` has a message of the developer, `a` one of the model, `b` both, `-` neither.
 */
rows: string, 
/**
 * Messages that lie inside another message.
 */
nested: number, 
/**
 * Messages that lie in no row.
 */
astray: number, 
/**
 * Answers without a text.
 */
bodiless: number, 
/**
 * Answers that do not say whether they grow.
 */
unsaid: number, 
/**
 * Code blocks of answers that are not read: they lie in what is left out, or outside of every text.
 */
swallowed?: number, 
/**
 * Elements of answers whose blocks stand in a shadow root.
 */
shadowed?: number, };

/**
 * What a page has of one element.
 */
export type Found = { 
/**
 * Its name in the profile.
 */
name: string, 
/**
 * How many each candidate finds, up to the first that finds any: that one is used.
 */
counts: Array<number>, 
/**
 * Kinds of tag among what is used.
 */
tags: Array<string>, 
/**
 * The length of the text in what is used, in UTF-16 units; 0 where nobody asks.
 */
length: number, };

/**
 * A request that was turned down: nothing was changed by it.
 */
export type Refusal = { 
/**
 * The stable code.
 */
code: Code, 
/**
 * What happened, as a sentence.
 */
message: string, 
/**
 * The next step, as a sentence.
 */
hint: string, 
/**
 * Whether the same request may be sent again; what the table of codes says where this is left out.
 */
again?: Again, };

/**
 * The stable code of a refusal.
 */
export type Code = "session.unknown" | "session.none" | "session.closed" | "session.ambiguous" | "workflow.unknown" | "phase.unknown" | "phase.out_of_order" | "phase.not_prompted" | "phase.closed" | "phase.nothing_to_repair" | "feature.invalid" | "reply.empty" | "reply.incomplete" | "reply.foreign" | "reply.too_large" | "request.invalid" | "version.unknown" | "frame.too_large" | "origin.foreign" | "store.read_only" | "store.full" | "store.newer" | "store.busy" | "store.broken" | "file.unreadable" | "project.read_only" | "setup.broken" | "template.invalid" | "template.unknown" | "clipboard.unavailable" | "clipboard.not_text" | "clipboard.too_large" | "provider.unknown" | "provider.unreachable" | "provider.busy" | "provider.refused" | "provider.key_missing" | "provider.timed_out" | "provider.broken" | "provider.command_failed" | "settings.invalid" | "legacy.unreadable" | "attachment.unknown" | "text.pruned" | "store.exposed" | "store.foreign" | "reply.unread" | "usage.invalid" | "program.fault" | "workflow.invalid" | "project.none" | "project.files" | "changes.none" | "changes.moved" | "changes.unclear" | "changes.denied" | "changes.unagreed" | "changes.too_many" | "changes.since" | "changes.pruned";

/**
 * Whether the same request may be sent again, unchanged.
 */
export type Again = "never" | "perhaps" | "later";

/**
 * A session, ready to be shown.
 */
export type View = { 
/**
 * Its id.
 */
session: SessionId, 
/**
 * What the developer wants.
 */
feature: string, 
/**
 * The absolute path of the project.
 */
project: string | null, 
/**
 * The name of the workflow.
 */
workflow: string, 
/**
 * Active, complete or abandoned.
 */
standing: SessionStatus, 
/**
 * Site and path of the conversation it lives in.
 */
conversation: string | null, 
/**
 * The site's usage limit, while it holds.
 */
limit: Limit | null, 
/**
 * How the developer rated it, 1 to 5.
 */
rating: number | null, 
/**
 * The place of its newest event in the log: a view with a smaller one is older.
 */
seq: number, 
/**
 * When it started, milliseconds since 1970.
 */
started_ms: number, 
/**
 * Its phases, in order.
 */
phases: Array<PhaseView>, 
/**
 * The phase that is worked on.
 */
current: Phase | null, 
/**
 * What comes next.
 */
next: Next, 
/**
 * What the badge shows.
 */
badge: Badge, 
/**
 * The proof that the awaited reply must carry.
 */
expect: Expect | null, 
/**
 * The awaited reply goes on from an earlier part, so it need not begin with a section.
 */
part: boolean, 
/**
 * What the predecessor knew it as, where it comes from there.
 */
imported: Imported | null, };

/**
 * One phase, ready to be shown.
 */
export type PhaseView = { 
/**
 * Which.
 */
phase: Phase, 
/**
 * What people call it; `@key` stands for words of the reader's language.
 */
title: string, 
/**
 * Where it stands.
 */
stand: PhaseStatus, 
/**
 * Why its reply is not complete.
 */
problem: Problem | null, 
/**
 * The developer took that reply as it is.
 */
accepted: boolean, 
/**
 * Why the provider that was asked last gave no reply.
 */
trouble: Code | null, 
/**
 * How often it was asked for again.
 */
retries: number, 
/**
 * When its prompt was rendered, milliseconds since 1970.
 */
prompted_ms: number | null, 
/**
 * When its prompt was sent.
 */
sent_ms: number | null, 
/**
 * When the first text of the reply came.
 */
first_token_ms: number | null, 
/**
 * When the last text of the reply came.
 */
last_token_ms: number | null, 
/**
 * When the reply was recorded.
 */
captured_ms: number | null, 
/**
 * From sent (or else prompted) to the last token (or else recorded), in milliseconds.
 */
duration_ms: number | null, 
/**
 * True when one process saw both ends by a monotonic clock; false means "about".
 */
trusted: boolean, 
/**
 * Bytes of the reply.
 */
bytes: number, 
/**
 * Lines of the reply.
 */
lines: number, 
/**
 * Tokens of the reply, estimated.
 */
tokens_estimated: number, 
/**
 * Sections found whole.
 */
sections_ok: number, 
/**
 * Sections asked for.
 */
sections_of: number, 
/**
 * What was accepted in the reply although the contract says otherwise.
 */
oddities: Array<Oddity>, };

/**
 * What comes next, and how to say it.
 */
export type Next = { 
/**
 * The step.
 */
step: NextStep, 
/**
 * In words.
 */
say: UiMessage, 
/**
 * On the command line, where it can be done there.
 */
command: string | null, 
/**
 * How the rest of an incomplete reply may be asked for, besides asking for all of it again or accepting it as it is.
 */
repairs: Array<Repair>, };

/**
 * The step that comes next.
 */
export type NextStep = "place" | "send" | "await" | "again" | "done";

/**
 * The toolbar badge.
 */
export type Badge = { 
/**
 * One letter or mark.
 */
text: string, 
/**
 * What its colour means.
 */
tone: Tone, 
/**
 * The tooltip, in words.
 */
title: UiMessage, };

/**
 * What a colour means; never said by colour alone.
 */
export type Tone = "working" | "ready" | "attention" | "done";

/**
 * Something to say: a key of the catalogue and the values of its placeholders.
 */
export type UiMessage = { 
/**
 * The key.
 */
key: string, 
/**
 * The values for `$1`, `$2`, …; `@key` stands for another text of the catalogue.
 */
args: Array<string>, };

/**
 * Which part of the record the figures are of. What is left out narrows nothing.
 */
export type Filter = { 
/**
 * From this day on, `YYYY-MM-DD` in UTC: the day on which a phase was asked for, or a session began.
 */
since?: string | null, 
/**
 * Up to and with this day.
 */
until?: string | null, 
/**
 * The absolute path of a project.
 */
project?: string | null, 
/**
 * The name of a workflow.
 */
workflow?: string | null, 
/**
 * SHA-256 of a template.
 */
template?: string | null, 
/**
 * A branch of git, as it was when the session began.
 */
branch?: string | null, };

/**
 * The panels of the dashboard; each is one request.
 */
export type Panel = "funnel" | "times" | "success" | "cost" | "estimates" | "errors" | "retries" | "ratings" | "projects" | "branches" | "models" | "choices";

/**
 * The data of a panel.
 */
export type Figures = { "panel": "funnel", 
/**
 * Sessions that began.
 */
started: number, 
/**
 * Of them complete.
 */
complete: number, 
/**
 * Of them abandoned.
 */
abandoned: number, 
/**
 * Each phase in the order of a full workflow; those that no session has are left out.
 */
steps: Array<FunnelStep>, } | { "panel": "times", 
/**
 * Each phase that was ever done.
 */
phases: Array<PhaseTimes>, } | { "panel": "success", 
/**
 * By phase.
 */
phases: Array<Rate>, 
/**
 * By template: its SHA-256, and the phase in `label`.
 */
templates: Array<Rate>, } | { "panel": "cost", 
/**
 * Each day on which something was asked, oldest first.
 */
days: Array<Day>, 
/**
 * All of them together.
 */
total: Spent, } | { "panel": "estimates", 
/**
 * The newest sessions that have both, newest first.
 */
rows: Array<Estimate>, } | { "panel": "errors", 
/**
 * Most frequent first.
 */
kinds: Array<Count>, } | { "panel": "retries", 
/**
 * By phase: how many attempts came after a failure.
 */
phases: Array<Count>, } | { "panel": "ratings", 
/**
 * Each day on which something was rated, oldest first.
 */
days: Array<RatingDay>, } | { "panel": "groups", 
/**
 * The most active first, at most 100.
 */
rows: Array<Group>, } | { "panel": "choices", 
/**
 * Projects.
 */
projects: Array<string>, 
/**
 * Workflows.
 */
workflows: Array<string>, 
/**
 * Templates: SHA-256, and the phase in `label`.
 */
templates: Array<FilterOption>, 
/**
 * Branches.
 */
branches: Array<string>, 
/**
 * The first and the last day, `YYYY-MM-DD`; nothing where there is no record.
 */
days: [string, string] | null, };

/**
 * How far sessions got with one phase.
 */
export type FunnelStep = { 
/**
 * Which.
 */
phase: Phase, 
/**
 * Sessions whose workflow has it.
 */
planned: number, 
/**
 * Of them asked for.
 */
asked: number, 
/**
 * Of them with a reply that is done.
 */
done: number, 
/**
 * Of them left out.
 */
skipped: number, };

/**
 * How long attempts at one phase took, in milliseconds.
 */
export type PhaseTimes = { 
/**
 * Which.
 */
phase: Phase, 
/**
 * Attempts with a duration.
 */
attempts: number, 
/**
 * Of them those whose both ends one process saw by a monotonic clock.
 */
trusted: number, 
/**
 * From the prompt to the stored reply.
 */
total: Quantiles, 
/**
 * While the model wrote.
 */
model: Quantiles, 
/**
 * From the prompt being ready to its being sent: the developer's time.
 */
human: Quantiles, 
/**
 * From the last word to the next prompt, when nobody worked on it.
 */
idle: Quantiles, };

/**
 * The middle and the slow end, in milliseconds; nothing where nothing was measured.
 */
export type Quantiles = { 
/**
 * The median.
 */
median_ms: number | null, 
/**
 * Nine of ten are not slower.
 */
p90_ms: number | null, };

/**
 * A share of successes, with the 95 % Wilson interval.
 */
export type Rate = { 
/**
 * Of what: the name of a phase, or the SHA-256 of a template.
 */
name: string, 
/**
 * What to call it.
 */
label: string, 
/**
 * Attempts that ended.
 */
of: number, 
/**
 * Of them with a complete reply.
 */
good: number, 
/**
 * The lower end of the interval, 0 to 1.
 */
low: number, 
/**
 * Its upper end.
 */
high: number, };

/**
 * Tokens and money.
 */
export type Spent = { 
/**
 * Tokens of prompts.
 */
prompt_tokens: number, 
/**
 * Tokens of replies.
 */
completion_tokens: number, 
/**
 * Of both together those that a provider reported; the rest is estimated.
 */
reported_tokens: number, 
/**
 * US dollars by the price table, as far as the model is known.
 */
cost_usd: number, 
/**
 * Attempts without a price, because nobody knows the model.
 */
unpriced: number, };

/**
 * What one day took.
 */
export type Day = { 
/**
 * `YYYY-MM-DD` in UTC.
 */
day: string, 
/**
 * Attempts.
 */
attempts: number, 
/**
 * What they took.
 */
spent: Spent, };

/**
 * What planning estimated for a session, and what it took.
 */
export type Estimate = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * Its feature.
 */
feature: string, 
/**
 * The lower end of the estimate, in hours.
 */
low_hours: number, 
/**
 * Its upper end.
 */
high_hours: number, 
/**
 * From its start to its end, in hours.
 */
actual_hours: number, 
/**
 * Of that, time in which somebody or the model worked; unknown where nobody measured it.
 */
active_hours: number | null, };

/**
 * How often something happened.
 */
export type Count = { 
/**
 * What.
 */
name: string, 
/**
 * How often.
 */
count: number, };

/**
 * The ratings of one day.
 */
export type RatingDay = { 
/**
 * `YYYY-MM-DD` in UTC.
 */
day: string, 
/**
 * How many.
 */
count: number, 
/**
 * Their mean, 1 to 5.
 */
mean: number, 
/**
 * Minutes that developers say they saved.
 */
saved_minutes: number, };

/**
 * One project, branch or model.
 */
export type Group = { 
/**
 * Its name; empty where there is none.
 */
name: string, 
/**
 * Sessions; nothing where a session is not of one such group alone.
 */
sessions: number | null, 
/**
 * Of them complete.
 */
complete: number | null, 
/**
 * Attempts at phases.
 */
attempts: number, 
/**
 * Of them with a complete reply.
 */
good: number, 
/**
 * Time in which the model worked, in milliseconds.
 */
model_ms: number, 
/**
 * What it took.
 */
spent: Spent, };

/**
 * Something to filter by.
 */
export type FilterOption = { 
/**
 * Its value.
 */
name: string, 
/**
 * What to call it.
 */
label: string, };

/**
 * One session drawn over time.
 */
export type Timeline = { 
/**
 * The session.
 */
view: View, 
/**
 * Who worked when, oldest first.
 */
spans: Array<Span>, 
/**
 * Every event, oldest first.
 */
marks: Array<Mark>, };

/**
 * A stretch of time in which one party worked, or nobody.
 */
export type Span = { 
/**
 * On which phase.
 */
phase: Phase, 
/**
 * Who.
 */
who: Who, 
/**
 * From when, milliseconds since 1970.
 */
from_ms: number, 
/**
 * Until when.
 */
to_ms: number, };

/**
 * Whose time it was.
 */
export type Who = "model" | "human" | "idle";

/**
 * One event of a session.
 */
export type Mark = { 
/**
 * Its place in the log.
 */
seq: number, 
/**
 * When, milliseconds since 1970.
 */
at_ms: number, 
/**
 * Its kind, such as `prompt_rendered`.
 */
kind: string, 
/**
 * The phase that it is about.
 */
phase: Phase | null, 
/**
 * What was accepted in a reply although the contract says otherwise.
 */
oddities: Array<Oddity>, };

/**
 * `YYYYMMDD_HHMMSS_xxxxxxxx`: UTC time of the start and 8 random hex digits.
 */
export type SessionId = string;

/**
 * The name of a phase: one step of a workflow, one prompt, one reply.
 */
export type Phase = string;

/**
 * Where a phase stands.
 */
export type PhaseStatus = "pending" | "prompted" | "awaiting" | "replied" | "failed" | "skipped";

/**
 * Where a session stands as a whole.
 */
export type SessionStatus = "active" | "complete" | "abandoned";

/**
 * Where a reply came from.
 */
export type Source = "page" | "copy" | "record" | "file" | "stdin" | "clipboard" | "command" | "api" | "legacy" | "paste" | "selection";

/**
 * Who gave a reply, and what it cost.
 */
export type Origin = { 
/**
 * The provider, as the developer named it.
 */
provider: string, 
/**
 * The model, as the provider named it.
 */
model?: string | null, 
/**
 * The tokens, where the provider reported them.
 */
usage?: Usage | null, };

/**
 * Tokens as an API reported them. Nobody here counted them.
 */
export type Usage = { 
/**
 * Of the prompt, without those from a cache.
 */
input_tokens: number, 
/**
 * Of the reply.
 */
output_tokens: number, 
/**
 * Of the prompt, read from a cache.
 */
cache_read_tokens: number, 
/**
 * Of the prompt, written to a cache.
 */
cache_write_tokens: number, };

/**
 * Times of a reply as one process saw them. Wall-clock values are milliseconds since 1970.
 */
export type Timing = { 
/**
 * When the prompt was seen to be sent.
 */
sent_ms: number | null, 
/**
 * When the first text of the reply was seen.
 */
first_token_ms: number | null, 
/**
 * When the last text of the reply was seen.
 */
last_token_ms: number | null, 
/**
 * From sent to last token by a monotonic clock, only where one process saw both ends: the one duration to trust.
 */
span_ms: number | null, };

/**
 * How the rest of an incomplete reply is asked for. The third way, asking for all of it anew, is an ordinary prompt.
 */
export type Repair = "continue" | "sections";

/**
 * A usage limit of the site.
 */
export type Limit = { 
/**
 * When it ends, milliseconds since 1970, where the site said so.
 */
resets_ms: number | null, };

/**
 * What the predecessor knew a session as.
 */
export type Imported = { 
/**
 * Its id there.
 */
id: string, 
/**
 * Its status there.
 */
status: string, };

/**
 * A reading without its texts, for surfaces and for the log.
 */
export type Verdict = { 
/**
 * What was found of each section.
 */
sections: Array<SectionMark>, 
/**
 * How far the reply proves itself.
 */
trailer: Trailer, 
/**
 * Why it is not complete; `None` is complete.
 */
problem: Problem | null, 
/**
 * What was accepted besides.
 */
oddities: Array<Oddity>, };

/**
 * What was found of one section.
 */
export type SectionMark = { 
/**
 * Its name.
 */
name: string, 
/**
 * How much of it is there.
 */
state: SectionState, 
/**
 * Its lines.
 */
lines: number, };

/**
 * How much of a section is there.
 */
export type SectionState = "ok" | "cut" | "missing" | "duplicate";

/**
 * How far the trailer proves a reply.
 */
export type Trailer = "proven" | "absent" | "foreign" | "cut";

/**
 * Something that the contract does not ask for, and that does no harm.
 */
export type Oddity = "heading_style" | "body_unfenced" | "order" | "repeated" | "trailer_unfenced" | "trailer_early" | "fence_broken" | "rendered" | "talk_left_out" | "after_trailer" | "thoughts_left_out" | "terminal_codes" | "bytes_replaced" | "unread";

/**
 * Why a reply is not complete.
 */
export type Problem = "empty" | "foreign" | "cut" | "section_missing" | "section_duplicate";

/**
 * The proof that a reply must carry.
 */
export type Expect = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * The phase.
 */
phase: Phase, 
/**
 * Fresh per prompt: an echo, a quoted example or an old reply cannot know it.
 */
nonce: string, 
/**
 * The sections that the reply must have, in order. A host that is older than workflows as data leaves them out.
 */
sections: Array<string>, };

/**
 * One block of a reply, in document order.
 */
export type Block = { "block": "heading", 
/**
 * 1 to 6.
 */
level: number, 
/**
 * Its text without markup.
 */
text: string, } | { "block": "code", 
/**
 * The language label, empty where there is none.
 */
lang: string, 
/**
 * The exact text, without the blank lines at its end: some pages drop the last one, and nobody can say how many there were.
 */
text: string, } | { "block": "paragraph", 
/**
 * Its text.
 */
text: string, } | { "block": "other", 
/**
 * Its text.
 */
text: string, };
