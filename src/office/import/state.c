/*
 * state.c: how far an item is, from the status, the dates and the progress of its row; see
 * compose.h. The status column counts; the others speak where it is silent, and are doubted where
 * they contradict it.
 */
#include "office/import/compose.h"
#include "office/import/dates.h"
#include "office/import/fold.h"
#include "office/import/status.h"

static const struct text NONE = {NULL, 0};

static bool is_done(enum claim claim)
{
    return claim == CLAIM_PUT_RIGHT || claim == CLAIM_STRUCK_OFF;
}

static bool is_undone(enum claim claim)
{
    return claim == CLAIM_OPEN || claim == CLAIM_IN_PROGRESS || claim == CLAIM_BASICALLY;
}

static void read_status(struct composer *c, struct how_far *s)
{
    int slot = compose_slot(c, COL_STATUS);
    struct status st;
    enum doubt_kind doubt;

    s->status = compose_block(c, COL_STATUS);
    if (s->status.n == 0)
        return;
    st = status_read(s->status);
    s->claim = st.claim;
    doubt = st.doubt;
    /* Even the plainest word for "done" means something else here than in the book. */
    if (st.claim == CLAIM_STRUCK_OFF)
        doubt = DOUBT_STATUS_STRUCK_OFF;
    else if (st.claim == CLAIM_PUT_RIGHT && doubt == DOUBT_NONE)
        doubt = DOUBT_STATUS_PUT_RIGHT;
    else if (st.claim == CLAIM_BASICALLY && doubt == DOUBT_NONE)
        doubt = DOUBT_STATUS_BASICALLY;
    else if (fold_length(s->status) > 40)
        doubt = DOUBT_STATUS_NARRATIVE;
    if (doubt == DOUBT_STATUS_NARRATIVE && s->progress.n == 0)
        s->progress = s->status;
    if (doubt)
        compose_doubt(c, doubt, slot, NONE, claim_label(s->claim));
}

/* A column that only asks whether the number was struck off. */
static void read_struck(struct composer *c, struct how_far *s)
{
    int slot = compose_slot(c, COL_STRUCK);
    struct status st;
    int yes;

    if (slot < 0)
        return;
    yes = status_yes(c->line->at[slot]->text);
    st = status_read(c->line->at[slot]->text);
    if (yes == 1 || st.claim == CLAIM_STRUCK_OFF) {
        s->claim = CLAIM_STRUCK_OFF;
        compose_doubt(c, DOUBT_STATUS_STRUCK_OFF, slot, NONE, claim_label(s->claim));
    } else if (yes < 0 && st.claim == CLAIM_NONE) {
        compose_doubt(c, DOUBT_STATUS_UNKNOWN, slot, NONE, NULL);
    }
}

static void read_completed(struct composer *c, struct how_far *s, int32_t found)
{
    int slot = compose_slot(c, COL_COMPLETED);
    struct when w = compose_when(c, COL_COMPLETED, found);
    struct status st;

    if (slot < 0)
        return;
    if (!w.understood) {
        /* "已整改" in a column of dates. */
        st = status_read(c->line->at[slot]->text);
        if (st.claim == CLAIM_NONE) {
            compose_doubt(c, DOUBT_NOT_UNDERSTOOD, slot, NONE, NULL);
            return;
        }
        compose_doubt(c, DOUBT_DATE_IS_STATUS, slot, NONE, claim_label(st.claim));
        if (s->claim == CLAIM_NONE)
            s->claim = st.claim;
        else if (is_done(st.claim) && is_undone(s->claim))
            compose_doubt(c, DOUBT_STATUS_CONFLICT, slot, NONE, claim_label(s->claim));
        return;
    }
    s->completed = w.day;
    if (w.day == DATE_NONE)
        return;
    if (found != DATE_NONE && w.day < found)
        compose_doubt(c, DOUBT_DATE_ORDER, slot, compose_iso(c, w.day), NULL);
    if (s->claim == CLAIM_NONE) {
        s->claim = CLAIM_PUT_RIGHT;
        compose_doubt(c, DOUBT_STATUS_FROM_DATE, slot, NONE, claim_label(s->claim));
    } else if (is_undone(s->claim)) {
        compose_doubt(c, DOUBT_STATUS_CONFLICT, slot, NONE, claim_label(s->claim));
    }
}

static void read_struck_day(struct composer *c, struct how_far *s, int32_t found)
{
    struct when w = compose_when(c, COL_STRUCK_DAY, found);
    int slot = compose_slot(c, COL_STRUCK_DAY);

    s->struck_off = w.day;
    if (w.day == DATE_NONE || s->claim == CLAIM_STRUCK_OFF)
        return;
    if (is_undone(s->claim) || s->claim == CLAIM_WITHDRAWN) {
        compose_doubt(c, DOUBT_STATUS_CONFLICT, slot, NONE, claim_label(s->claim));
        return;
    }
    s->claim = CLAIM_STRUCK_OFF;
    compose_doubt(c, DOUBT_STATUS_STRUCK_OFF, slot, NONE, claim_label(s->claim));
}

/* What the progress says, where the status says nothing or otherwise. */
static void read_progress(struct composer *c, struct how_far *s)
{
    int slot = compose_slot(c, COL_PROGRESS);
    const struct cell *cell;
    struct status st;

    if (slot < 0)
        return;
    cell = c->line->at[slot];
    s->progress = compose_block(c, COL_PROGRESS);
    s->percent = percent_read(cell);
    if (cell->kind != CELL_TEXT || fold_length(s->progress) > 40)
        return;
    st = status_read(s->progress);
    if (s->claim == CLAIM_NONE && st.claim != CLAIM_NONE) {
        s->claim = st.claim;
        compose_doubt(
            c, st.claim == CLAIM_STRUCK_OFF ? DOUBT_STATUS_STRUCK_OFF : DOUBT_STATUS_FROM_PROGRESS,
            slot, NONE, claim_label(st.claim));
    } else if ((is_done(s->claim) &&
                (is_undone(st.claim) || (s->percent >= 0 && s->percent < 100))) ||
               (is_undone(s->claim) && is_done(st.claim))) {
        compose_doubt(c, DOUBT_STATUS_CONFLICT, slot, NONE, claim_label(s->claim));
    }
}

struct how_far compose_how_far(struct composer *c, int32_t found)
{
    struct how_far s = {
        .percent = -1, .completed = DATE_NONE, .verified = DATE_NONE, .struck_off = DATE_NONE};

    read_status(c, &s);
    read_struck(c, &s);
    read_completed(c, &s, found);
    s.verified = compose_when(c, COL_VERIFIED, found).day;
    read_struck_day(c, &s, found);
    read_progress(c, &s);
    if (s.claim == CLAIM_NONE && s.status.n == 0)
        s.claim = c->table->claim;
    return s;
}
