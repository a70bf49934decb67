"""The shapes of JSON that other programs read: stable, versioned, and the source of their JSON Schemas.

Amounts are strings, dates are ISO. A key may be added within a version; none is renamed or removed.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

_CLOSED = ConfigDict(extra="forbid")
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, pattern=r"^\d{4}-\d{2}-\d{2}$")]
Amount = Annotated[str, Field(pattern=r"^-?\d+\.\d{2,4}$")]
Amounts = dict[str, Amount]
Fact = float | int | str | None


@with_config(_CLOSED)
class Because(TypedDict):
    """One test on the way to a segment."""

    segment: str
    metric: str
    operator: str
    threshold: str
    value: Fact
    passed: bool
    margin: float | str | None


@with_config(_CLOSED)
class SegmentedCustomer(TypedDict):
    """One customer, classified. `metrics` are as of T, `because` as of `reviewed_on`."""

    customer_id: str
    customer_name: str
    segment: str
    reviewed_on: Day
    moving_to: str | None
    next_review: Day | None
    sequence: str
    traits: list[str]
    metrics: dict[str, Fact]
    because: list[Because]


@with_config(_CLOSED)
class Segments(TypedDict):
    """`remindr segment --json`"""

    schema: Literal["remindr.segments/1"]
    as_of: Day
    customers: list[SegmentedCustomer]


@with_config(_CLOSED)
class Change(TypedDict):
    """A customer who goes from one segment to another; `on` is the review that moved, or may move, them."""

    customer_id: str
    customer_name: str
    from_segment: str
    to_segment: str
    on: Day | None
    because: list[Because]


@with_config(_CLOSED)
class StayedCustomer(TypedDict):
    """A customer who has been in a provisional segment for over six months."""

    customer_id: str
    customer_name: str
    segment: str
    since: Day
    because: list[Because]


@with_config(_CLOSED)
class ChangesDocument(TypedDict):
    """`remindr segment --changes --json`"""

    schema: Literal["remindr.changes/1"]
    as_of: Day
    since: Day
    moved: list[Change]
    on_the_way: list[Change]
    stayed: list[StayedCustomer]


@with_config(_CLOSED)
class DueLine(TypedDict):
    """An invoice that takes a step in a notice."""

    invoice_id: str
    sequence: str
    step: str
    level: Annotated[int, Field(ge=0, le=4)]
    days_past_due: int
    balance: Amount
    currency: str


@with_config(_CLOSED)
class OpenLine(TypedDict):
    """An overdue invoice that a notice only mentions."""

    invoice_id: str
    days_past_due: int
    balance: Amount
    currency: str


@with_config(_CLOSED)
class UpcomingLine(TypedDict):
    """An invoice whose heads-up travels with a notice."""

    invoice_id: str
    step: str
    days_past_due: int
    balance: Amount
    currency: str


@with_config(_CLOSED)
class FollowUp(TypedDict):
    """A contact that a notice announces."""

    channel: str
    on: Day


@with_config(_CLOSED)
class ChargedInvoice(TypedDict):
    """What a notice asks for late payment of an invoice, on top of its balance; `fees` are those of all levels."""

    invoice_id: str
    interest: Amount
    fees: Amount
    currency: str


@with_config(_CLOSED)
class AttachedFile(TypedDict):
    """The file of an invoice that goes with an e-mail, seen from the project's folder."""

    invoice_id: str
    file: str
    bytes: int


@with_config(_CLOSED)
class PlannedNotice(TypedDict):
    """One decision to contact one customer, with its words.

    `total` is without `charges`, which are there only if the notice asks for interest or fees. `attachments` are there
    only if files go with its e-mail, `sender`, `cc` and `bcc` only if it comes from an account owner or has copies.
    `needs_approval` is false here: what needs one is no notice yet, and stands under `waiting` of the plan.
    """

    key: str
    purpose: Literal["reminder", "thank_you", "announced_call"]
    customer_id: str
    customer_name: str
    segment: str
    sequence: str
    step: str
    level: Annotated[int, Field(ge=0, le=4)]
    channels: list[Literal["email", "call", "sms", "letter"]]
    to: str
    subject: str
    body: str
    invoices: list[DueLine]
    also_due: list[DueLine]
    also_open: list[OpenLine]
    upcoming: list[UpcomingLine]
    respond_by: Day | None
    credits: Amounts
    total: Amounts
    charges: NotRequired[list[ChargedInvoice]]
    attachments: NotRequired[list[AttachedFile]]
    sender: NotRequired[str]
    cc: NotRequired[list[str]]
    bcc: NotRequired[list[str]]
    follow_ups: list[FollowUp]
    needs_approval: bool
    why: list[str]


@with_config(_CLOSED)
class BlockerReason(TypedDict):
    """One reason for silence."""

    code: str
    detail: str
    until: Day | None


@with_config(_CLOSED)
class SkippedInvoice(TypedDict):
    """An open invoice without a notice."""

    customer_id: str
    invoice_id: str
    next_contact: Day | None
    blockers: list[BlockerReason]


@with_config(_CLOSED)
class RaisedFlag(TypedDict):
    """Something a person should look at."""

    code: str
    customer_id: str
    invoice_id: str | None
    detail: str


@with_config(_CLOSED)
class QuarantinedCell(TypedDict):
    """A cell that could not be read."""

    file: str
    row: int
    column: str
    value: str
    reason: str


@with_config(_CLOSED)
class Refusal(TypedDict):
    """Who said no, when and why."""

    on: Day
    by: str
    text: str


@with_config(_CLOSED)
class NoticeOfStep(TypedDict):
    """The notice that a step would go out in today: the step that leads it, the invoices to pay, what they come to."""

    step: str
    invoices: list[str]
    total: Amounts


@with_config(_CLOSED)
class WaitingStep(TypedDict):
    """What waits for a person's approval: a step of an invoice, or a promise, which has its words in `promise`.

    `since` is the day from which it was due, `until` the last day on which an approval of today holds. `notice` is told
    by `approve` alone.
    """

    customer_id: str
    customer_name: str
    invoice_id: str | None
    segment: str
    sequence: str | None
    step: str | None
    repeat: int
    level: Annotated[int, Field(ge=0, le=4)] | None
    promise: str | None
    channels: list[str]
    to: str
    balance: Amount
    currency: str
    since: Day
    until: Day
    why: str
    refused: Refusal | None
    notice: NoticeOfStep | None


@with_config(_CLOSED)
class ApprovalsDocument(TypedDict):
    """`remindr approve --json`: what waits or was refused, or what this command has approved or refused."""

    schema: Literal["remindr.approvals/1"]
    as_of: Day
    done: Literal["listed", "approved", "refused"]
    steps: list[WaitingStep]


@with_config(_CLOSED)
class PlanSummary(TypedDict):
    """Counts of a plan. `held` are notices without words and steps that wait for an approval."""

    notices: int
    by_channel: dict[str, int]
    skipped: int
    held: int


@with_config(_CLOSED)
class PlanDocument(TypedDict):
    """`remindr preview --json`. `waiting` is there if steps wait for an approval; they are among the skipped, too."""

    schema: Literal["remindr.plan/1"]
    as_of: Day
    notices: list[PlannedNotice]
    skipped: list[SkippedInvoice]
    flags: list[RaisedFlag]
    quarantined: list[QuarantinedCell]
    waiting: NotRequired[list[WaitingStep]]
    summary: PlanSummary


@with_config(_CLOSED)
class RunDocument(TypedDict):
    """`remindr run --json`. `held` are notices without words and steps that wait for an approval.

    `left` is there with `--max`, and where a run had to stop: how many notices are left for the next run. Their
    invoices are not in `skipped`.
    """

    schema: Literal["remindr.run/1"]
    run_id: str
    as_of: Day
    sent: dict[str, int]
    failed: int
    uncertain: int
    held: int
    skipped: int
    outbox: str | None
    left: NotRequired[int]


@with_config(_CLOSED)
class ExplainedInvoice(TypedDict):
    """An invoice that was asked about: what goes out today, or why nothing does. `place` is where its step is written.

    For one on which nothing is open `settled_on` is the day, if it is known, and nothing else is said.
    """

    invoice_id: str
    due_date: Day | None
    days_past_due: int | None
    balance: Amount
    currency: str
    settled_on: Day | None
    goes_out: bool
    step: str | None
    place: str
    next_contact: Day | None
    blockers: list[BlockerReason]


@with_config(_CLOSED)
class Explanation(TypedDict):
    """`remindr explain --json`: the whole chain, and the same in sentences.

    Places are `file:line`, empty where there is none. `because` are the tests that decided, as of `reviewed_on`.
    """

    schema: Literal["remindr.explanation/1"]
    as_of: Day
    counted_until: Day
    customer_id: str
    customer_name: str
    invoice_id: str | None
    segment: str
    segment_place: str
    since: Day | None
    reviewed_on: Day
    next_review: Day | None
    moving_to: str | None
    override: str | None
    because: list[Because]
    sequence: str
    sequence_place: str
    notice: str | None
    next_contact: Day | None
    invoices: list[ExplainedInvoice]
    flags: list[RaisedFlag]
    unreadable: list[QuarantinedCell]
    sentences: list[str]


@with_config(_CLOSED)
class BegunWith(TypedDict):
    """An export that a project was started around: where it is, and the pattern for those to come."""

    role: Literal["invoices", "customers", "payments"]
    file: str
    pattern: str
    copied_from: str | None
    format: str | None


@with_config(_CLOSED)
class InitDocument(TypedDict):
    """`remindr init --json`; `written` are paths inside the project.

    The others are there with `--from`: `settings` and `columns` are what had to be said under `sources:`, `to_write`
    the keys of `company:` that are still the starter's.
    """

    schema: Literal["remindr.init/1"]
    project: str
    written: list[str]
    files: NotRequired[list[BegunWith]]
    settings: NotRequired[dict[str, str]]
    columns: NotRequired[dict[str, str]]
    currency: NotRequired[str]
    left_out: NotRequired[list[str]]
    to_write: NotRequired[list[str]]


@with_config(_CLOSED)
class LearnedFile(TypedDict):
    """One old export that was learned, and how many open invoices it shows."""

    file: str
    exported_on: Day
    open: int


@with_config(_CLOSED)
class LearnedDocument(TypedDict):
    """`remindr learn --json`. The counts are what the journal remembers now.

    `undated` counts what the newest of the files shows settled on a day that stays unknown.
    """

    schema: Literal["remindr.learned/1"]
    exports: list[LearnedFile]
    since: Day | None
    until: Day | None
    invoices: int
    settlements_observed: int
    missing_once: int
    undated: int


@with_config(_CLOSED)
class CheckedFile(TypedDict):
    """How one export was read. `columns` are fields and their headers, `columns_by` how each was recognised.

    `totals_agree` are those of the file's own total row that are the sum of its rows.
    """

    role: Literal["invoices", "customers", "payments"]
    file: str
    exported_on: Day
    encoding: str
    delimiter: str
    header_row: int
    format: str | None
    headers_known: int
    dates: str | None
    decimals: str | None
    columns: dict[str, str]
    columns_by: dict[str, Literal["setting", "profile", "name", "synonym", "spelling", "heading"]]
    rows_read: int
    rows_folded: int
    rows_left_out: int
    rows_quarantined: int
    rows_ignored: int
    totals_agree: dict[str, str]
    total_rows: int


@with_config(_CLOSED)
class CheckedSums(TypedDict):
    """What there is in one currency; `open` is before credits."""

    currency: str
    invoices: int
    amount: Amount
    open: Amount
    credits: int
    credit: Amount


@with_config(_CLOSED)
class CheckedCustomers(TypedDict):
    """Who is in the book. Without an address are those who owe and have none at all."""

    all: int
    owing: int
    owing_with_email: int
    without_address: list[str]
    not_listed: list[str]


@with_config(_CLOSED)
class NamedCustomer(TypedDict):
    """A customer's number and name."""

    customer_id: str
    name: str


@with_config(_CLOSED)
class AlikeCustomers(TypedDict):
    """Customers who may be one, with the `aliases:` that would say so."""

    kind: str
    number: str | None
    names: list[str]
    customers: list[NamedCustomer]
    aliases: dict[str, list[str]]


@with_config(_CLOSED)
class CheckDocument(TypedDict):
    """`remindr check --json`; `days` are the first and the last, `unknown` what the files cannot tell."""

    schema: Literal["remindr.check/1"]
    warnings: list[str]
    exported_on: Day
    files: list[CheckedFile]
    sums: list[CheckedSums]
    days: dict[Literal["issued", "due", "paid"], list[Day]]
    customers: CheckedCustomers
    unknown: list[str]
    quarantined: list[QuarantinedCell]
    look_alikes: list[AlikeCustomers]
    more_look_alikes: int


@with_config(_CLOSED)
class PromisedPayment(TypedDict):
    """One part of a promise; without an amount it is everything."""

    on: Day
    amount: Amount | None


@with_config(_CLOSED)
class NotedNote(TypedDict):
    """What a person noted. `stands` says whether a listed promise is open, kept, broken, replaced or not accepted."""

    number: int | None
    on: Day
    customer_id: str
    invoice_id: str | None
    kind: str
    until: Day | None
    payments: list[PromisedPayment]
    currency: str | None
    text: str
    by: str
    stands: str | None


@with_config(_CLOSED)
class NotesDocument(TypedDict):
    """`remindr note --json`: the notes that were recorded, taken back or listed."""

    schema: Literal["remindr.notes/1"]
    as_of: Day
    taken_back: bool
    notes: list[NotedNote]


@with_config(_CLOSED)
class ImportedDocument(TypedDict):
    """`remindr notes import --json`, `remindr calls import --json`: notes recorded, known before, cells unreadable."""

    schema: Literal["remindr.imported/1"]
    recorded: int
    known: int
    unreadable: list[QuarantinedCell]


@with_config(_CLOSED)
class CallToMake(TypedDict):
    """A call to make. `promise_stands` says whether the last promise is open, kept, broken, replaced, not accepted."""

    key: str
    customer_id: str
    customer_name: str
    phone: str
    attempt: int
    why: list[str]
    text: str
    last_promise: str | None
    promise_stands: str | None
    invoices: list[str]
    total: Amounts


@with_config(_CLOSED)
class CallsDocument(TypedDict):
    """`remindr calls --json`: whom to ring, the first at the top."""

    schema: Literal["remindr.calls/1"]
    as_of: Day
    calls: list[CallToMake]


@with_config(_CLOSED)
class DiscardedNotice(TypedDict):
    """A notice that was taken back."""

    key: str
    customer_id: str
    as_of: Day
    purpose: str
    step: str
    channels: list[str]


@with_config(_CLOSED)
class DiscardedDocument(TypedDict):
    """`remindr discard --json`: what was taken back, all that was left of its run or one notice, and where it is."""

    schema: Literal["remindr.discarded/1"]
    run_id: str
    whole: bool
    moved_to: str
    notices: list[DiscardedNotice]


@with_config(_CLOSED)
class DoctorProblem(TypedDict):
    """Something that a run would stumble over."""

    what: str
    hint: str | None


@with_config(_CLOSED)
class DoctorFinding(TypedDict):
    """What was found of one thing: `told` if it is as it should be, else `problems`."""

    name: str
    well: bool
    told: str
    problems: list[DoctorProblem]


@with_config(_CLOSED)
class DoctorDocument(TypedDict):
    """`remindr doctor --json`"""

    schema: Literal["remindr.doctor/1"]
    findings: list[DoctorFinding]


@with_config(_CLOSED)
class NoticeInDoubt(TypedDict):
    """A notice of which nobody knows whether it went out; how to find its e-mail, null where it has no file."""

    key: str
    run_id: str
    customer_id: str
    as_of: Day
    sequence: str
    step: str
    channels: list[str]
    invoices: list[str]
    to: str | None
    subject: str | None
    message_id: str | None


@with_config(_CLOSED)
class UncertainDocument(TypedDict):
    """`remindr uncertain --json`: what is in doubt, or still is after some of it was settled."""

    schema: Literal["remindr.uncertain/1"]
    notices: list[NoticeInDoubt]


@with_config(_CLOSED)
class ForgottenDocument(TypedDict):
    """`remindr forget --json`: how many messages were deleted and texts emptied.

    `formerly` are other ids of the customer; `not_searched` are lists that somebody has saved in another way.
    """

    schema: Literal["remindr.forgotten/1"]
    customer_id: str
    formerly: list[str]
    messages: int
    texts: int
    not_searched: list[str]


@with_config(_CLOSED)
class LastRun(TypedDict):
    """The last run. `finished_at` is null if it has not come to its end; what it sent is not known then.

    `at_work` tells that it still goes on, `left` how many e-mails it did not come to; `taken_back` that all it sent was
    taken back since.
    """

    run_id: str
    as_of: Day
    started_at: str
    finished_at: str | None
    at_work: bool
    exported_on: Day | None
    sent: dict[str, int]
    failed: int
    left: int
    uncertain: int
    held: int
    skipped: int
    taken_back: bool


@with_config(_CLOSED)
class Waiting(TypedDict):
    """Something that waits for a person, with the command that deals with it; a flag, or a step to approve or refuse.

    `since` is the day of the run that raised it first, null if none has yet.
    """

    code: str
    customer_id: str
    customer_name: str
    invoice_id: str | None
    detail: str
    since: Day | None
    command: str


@with_config(_CLOSED)
class DuePromise(TypedDict):
    """A part of a promise that is to be paid within a week; without an amount it is everything."""

    customer_id: str
    customer_name: str
    invoices: list[str]
    on: Day
    amount: Amount | None
    currency: str
    command: str


@with_config(_CLOSED)
class UncertainNotice(TypedDict):
    """A notice of which nobody knows whether it went out."""

    key: str
    customer_id: str
    customer_name: str
    on: Day
    step: str
    invoices: list[str]
    command: str


@with_config(_CLOSED)
class DueCall(TypedDict):
    """A call to make today."""

    key: str
    customer_id: str
    customer_name: str
    attempt: int


@with_config(_CLOSED)
class HeldNotice(TypedDict):
    """A notice that cannot be put into words."""

    customer_id: str
    customer_name: str
    problem: str


@with_config(_CLOSED)
class RestingInvoices(TypedDict):
    """Invoices of a customer that are disputed or on hold until a person says otherwise, with the command that does.

    `since` is the day of the first export that showed it; null for what somebody noted, which `detail` dates.
    """

    code: str
    customer_id: str
    customer_name: str
    invoices: list[str]
    detail: str
    since: Day | None
    command: str


@with_config(_CLOSED)
class StatusDocument(TypedDict):
    """`remindr status --json`. `waiting` has every flag that nobody has acknowledged, `in_doubt` and the like, too.

    `at_rest` are steps and promises that a person has refused, `resting` what is disputed or on hold, `refused` is what
    a guard has against a run now; `sends` is what a run would write now, by channel; `next_contact` the next day on
    which something could go out, about so many `next_invoices`.
    """

    schema: Literal["remindr.status/1"]
    as_of: Day
    exported_on: Day
    person_needed: bool
    last_run: LastRun | None
    refused: list[str]
    waiting: list[Waiting]
    at_rest: list[Waiting]
    resting: list[RestingInvoices]
    unreadable: list[QuarantinedCell]
    held: list[HeldNotice]
    uncertain: list[UncertainNotice]
    promises: list[DuePromise]
    calls: list[DueCall]
    sends: dict[str, int]
    next_contact: Day | None
    next_invoices: int


@with_config(_CLOSED)
class PastLine(TypedDict):
    """An invoice in a notice, with what was open then."""

    invoice_id: str
    role: Literal["due", "also_due", "also_open", "upcoming"]
    balance: Amount
    currency: str


@with_config(_CLOSED)
class PastMessage(TypedDict):
    """A notice on one channel. With `--text` it has `file`, `to`, `subject` and `text` while the outbox has them."""

    channel: str
    state: str
    file: str | None
    to: str | None
    subject: str | None
    text: str | None


@with_config(_CLOSED)
class PastNotice(TypedDict):
    """A notice as it was decided; one that is `voided` does not count.

    `taken_back_on` is the day on which a person discarded it.
    """

    key: str
    run_id: str
    purpose: Literal["reminder", "thank_you", "announced_call"]
    segment: str
    sequence: str
    step: str
    level: Annotated[int, Field(ge=0, le=4)]
    respond_by: Day | None
    call_announced_for: Day | None
    voided: bool
    taken_back_on: Day | None
    lines: list[PastLine]
    messages: list[PastMessage]


@with_config(_CLOSED)
class PastApproval(TypedDict):
    """What a person said of a step or, without `sequence` and `step`, of a promise. A refusal has no `until`."""

    sequence: str | None
    step: str | None
    repeat: int
    by: str
    text: str
    until: Day | None


@with_config(_CLOSED)
class PastEvent(TypedDict):
    """One thing that happened, in words; `invoices` is empty where it is about the customer as a whole.

    Messages and discards have a `notice`, approvals an `approval`, notes a `note`, and `taken_back_on` if it does not
    count any more.
    """

    on: Day
    kind: Literal["seen", "payment", "rest", "identity", "segment", "note", "approval", "message", "discard", "flag"]
    what: str
    invoices: list[str]
    notice: NotRequired[PastNotice]
    approval: NotRequired[PastApproval]
    note: NotRequired[NotedNote]
    taken_back_on: NotRequired[Day | None]


@with_config(_CLOSED)
class HistoryDocument(TypedDict):
    """`remindr history --json`: everything decided, sent, heard and changed, oldest first.

    `missing` says why exports could not be read; payments, promises and segments are not told then.
    """

    schema: Literal["remindr.history/1"]
    as_of: Day
    customer_id: str
    customer_name: str | None
    invoice_id: str | None
    missing: str | None
    events: list[PastEvent]


DOCUMENTS: dict[str, type] = {
    "remindr.discarded/1": DiscardedDocument,
    "remindr.forgotten/1": ForgottenDocument,
    "remindr.approvals/1": ApprovalsDocument,
    "remindr.check/1": CheckDocument,
    "remindr.changes/1": ChangesDocument,
    "remindr.explanation/1": Explanation,
    "remindr.init/1": InitDocument,
    "remindr.segments/1": Segments,
    "remindr.plan/1": PlanDocument,
    "remindr.run/1": RunDocument,
    "remindr.learned/1": LearnedDocument,
    "remindr.calls/1": CallsDocument,
    "remindr.notes/1": NotesDocument,
    "remindr.imported/1": ImportedDocument,
    "remindr.status/1": StatusDocument,
    "remindr.history/1": HistoryDocument,
    "remindr.uncertain/1": UncertainDocument,
    "remindr.doctor/1": DoctorDocument,
}
