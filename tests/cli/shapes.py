"""shapes.py: the members of every JSON document that a script may rely on.

The command line is a contract: members are added, never renamed or removed. A path says where a
member stands; its end says what it is: "#" a number, "?" true or false, nothing a text; "[]" an
array, "{}" an object whose members are said elsewhere (of `data`: src/domain/events.def)."""
import json


def shape(text):
    found = set()
    walk(json.loads(text), "", found)
    return found


def walk(value, path, found):
    if path.endswith("history[].data"):
        found.add(path + "{}")
    elif isinstance(value, dict):
        for key, inside in value.items():
            walk(inside, path + "." + key if path else key, found)
        if not value:
            found.add(path + "{}")
    elif isinstance(value, list):
        found.add(path + "[]")
        for inside in value:
            walk(inside, path + "[]", found)
    else:
        found.add(path + ("?" if isinstance(value, bool) else "#" if isinstance(value, int) else ""))


SHAPES = {
    "init": "ledger name origin owner",
    "outcome of the office": "code seq#",
    "list problems":
        "answer_owed? answered? assisting_units[] campaign category class code deadline "
        "extensions# found grade kind lead_unit lead_unit_code level marking number object "
        "originator overdue? parts[] place probable_duplicate_of progress recurrence_of "
        "remarks reopened# responsible_leaders[] responsible_leaders[].duty "
        "responsible_leaders[].name responsible_person responsible_person_code returns# "
        "source.cite source.document source.file source.row# source.sheet state suspended? "
        "taken_over? tasks# tasks_open# text title version#",
    "list tasks":
        "assisting_units[] campaign class code deadline item item_state item_text lead_unit "
        "lead_unit_code n# number overdue? progress responsible_leaders[] "
        "responsible_leaders[].duty responsible_leaders[].name responsible_person "
        "responsible_person_code state text",
    "list responsibilities":
        "campaign deadline duty item item_text key number overdue? person person_code role "
        "state task text unit unit_code",
    "list units": "code depth# kind name parent provisional?",
    "list people": "code inactive? name provisional? roles[] unit unit_code",
    "list campaigns":
        "closed? code confidential? kind last_serial# marking name procedure "
        "procedure_version#",
    "list sources": "code date file issuer level marking number title",
    "show":
        "answer_owed? answered? assisting_units[] campaign category class code deadline "
        "evidence[] evidence[].at evidence[].by evidence[].by_name evidence[].hash "
        "evidence[].made_at evidence[].name evidence[].on evidence[].place evidence[].seq# "
        "evidence[].side evidence[].size# extension_asked{} extensions# found grade "
        "history[] history[].at history[].by history[].by_name history[].data{} "
        "history[].kind history[].on history[].seq# history[].via kind lead_unit "
        "lead_unit_code level marking number object originator overdue? parts[] place plan# "
        "plan_state plans[] plans[].at plans[].by plans[].by_name plans[].note plans[].seq# "
        "plans[].state plans[].tasks# plans[].version# probable_duplicate_of progress "
        "recurrence_of remarks reopened# responsible_leaders[] responsible_leaders[].duty "
        "responsible_leaders[].name responsible_person responsible_person_code returns# "
        "sealed[] source.cite source.document source.file source.row# source.sheet state "
        "suspended? taken_over? tasks[] tasks[].assisting_units[] tasks[].campaign "
        "tasks[].class tasks[].code tasks[].deadline tasks[].item tasks[].item_state "
        "tasks[].item_text tasks[].lead_unit tasks[].lead_unit_code tasks[].milestones[] "
        "tasks[].milestones[].deadline tasks[].milestones[].done? tasks[].milestones[].n# "
        "tasks[].milestones[].text tasks[].n# tasks[].number tasks[].overdue? "
        "tasks[].progress tasks[].responsible_leaders[] tasks[].responsible_leaders[].duty "
        "tasks[].responsible_leaders[].name tasks[].responsible_person "
        "tasks[].responsible_person_code tasks[].state tasks[].text tasks_open# text title "
        "version#",
    "board":
        "as_of aside# campaign campaigns[] campaigns[].aside# campaigns[].code "
        "campaigns[].due_within_7_days# campaigns[].name campaigns[].open# "
        "campaigns[].overdue# campaigns[].standing# "
        "campaigns[].strike_off_rate.denominator# campaigns[].strike_off_rate.numerator# "
        "campaigns[].strike_off_rate.percent campaigns[].struck_off# "
        "campaigns[].struck_off_taken_over# campaigns[].total# "
        "campaigns[].without_deadline# due_within_7_days# ledger open# overdue# standing# "
        "states.accepted# states.applied# states.assigned# states.in_progress# "
        "states.merged# states.planned# states.registered# states.standing# "
        "states.struck_off# states.transferred# states.verified# states.withdrawn# "
        "strike_off_rate.denominator# strike_off_rate.numerator# strike_off_rate.percent "
        "strike_off_rate_definition struck_off# struck_off_taken_over# total# unit "
        "unit_name units[] units[].aside# units[].code units[].due_within_7_days# "
        "units[].name units[].open# units[].overdue# units[].standing# "
        "units[].strike_off_rate.denominator# units[].strike_off_rate.numerator# "
        "units[].strike_off_rate.percent units[].struck_off# units[].struck_off_taken_over# "
        "units[].total# units[].without_deadline# without_deadline#",
    "act": "code seq# state",
    "refusal": "error message",
    "error": "error message",
    "verify": "checkpoints# entries# evidence# root sealed#",
    "checkpoint": "checkpoint key",
    "prove": "entry proof seq#",
    "campaign show": "closed code confidential kind marking name procedure",
    "person show": "clearance code inactive name provisional roles unit",
    "unit show": "code kind name parent provisional",
    "plan show":
        "at by by_name code note seq# tasks[] tasks[].due tasks[].lead tasks[].n# "
        "tasks[].person tasks[].text version#",
    "version": "version",
    "import mapping":
        "mapping[] mapping[].column mapping[].field mapping[].header sheet skipped?",
    "import doubt": "column doubt header message row# sheet",
    "import rejected": "message rejected? row# sheet",
    "import summary":
        "added# campaign doubts# duplicates# file people_made# refused# rejected# rejects "
        "rows# skipped# summary unchanged# units_made# updated#",
}
