"""The path, in order: load → history → segment → schedule → compose → deliver → record.

    station.py   a project loaded at a date; every command begins there
    learn.py     what its exports did not say, learned from earlier ones; backfill.py reads old ones
    notes.py     what people noted joins it; noting.py makes a note, calls.py the call sheet
    plan.py      `segments` stops after segment, `make_plan` after compose
    run.py       `run` goes to the end
    status.py    how all of it stands today; past.py what has been with one customer
    guarded.py   what the guards have against it
    settle.py    what a crash left behind
    approving.py what waits for a person's word; discarding.py takes back what a run wrote
    trial.py     the same for exports without a project; replay.py walks over the days before

Preview and run share `plan.decisions`, customer by customer, so a preview cannot differ from the run; everything
is rendered before anything is passed on.
"""
