"""Writes ``docs/alarms.md`` from the table of alarms: what each means, how it is found, what is done."""

from pathlib import Path

from pumplink import alarm_details, alarm_table, alarm_texts, names

TEMPLATE = Path(__file__).with_name("alarms.template.md")


def page() -> str:
    """Return the page: the template with a table, and a section an alarm, filled in."""
    rows, sections = [], []
    for (code, name, priority, action), (when, what_to_do), (where, statistic, threshold, time) in zip(
        alarm_table.ALARMS, alarm_texts.ALARM_TEXTS, alarm_details.ALARM_DETAILS, strict=True
    ):
        does = names.ACTION_NAMES[action]
        rows.append(f"| {code} | [{name}](#{name}) | {names.PRIORITY_NAMES[priority]} | {does} | {when} |")
        sections.append(
            f"### {name}\n\n"
            f"Code {code}, {names.PRIORITY_NAMES[priority]} priority; the pump by itself: {does}.\n\n"
            f"- **Cause**: {when}.\n- **Looked at**: {statistic} (`{where}`).\n"
            f"- **Threshold**: {threshold}.\n"
            f"- **Time to alarm**: {time}.\n- **What to do**: {what_to_do}.\n"
        )
    head = "| code | name | priority | the pump by itself | raised when |\n| --- | --- | --- | --- | --- |\n"
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.replace("@table@", head + "\n".join(rows)).replace("@sections@", "\n".join(sections))
