/*
 * writer.c: commands in, entries out.
 *
 * One transaction under the database's write lock: the head is read again, the commands are
 * decided one after the other against what is then true, what is allowed is appended to the log and
 * projected at once, and one checkpoint is signed for all. Refusals are decided before anything is
 * written, so a refused command leaves nothing to undo; a failure while writing drops the whole
 * batch, and nobody has been answered yet. No cost here grows with the ledger.
 */
#include <poll.h>
#include <stdio.h>

#include "ledger/batch.h"
#include "ledger/campaign_plan.h"
#include "ledger/decide.h"
#include "log.sql.h"
#include "office.sql.h"

static const struct text none = {"", 0};

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

/* --- appending ----------------------------------------------------------------------------- */

int batch_append(struct batch *b, const struct entry *e, struct text bytes, struct err *err)
{
    struct tile_hash done[TILE_LEVELS];
    struct hash leaf = tree_leaf(bytes);
    int count = frontier_append(&b->frontier, &leaf, done);

    b->at = e->at;
    if (log_put(b->store, &(struct log_put_in){.seq = e->seq, .bytes = bytes}, err) != 0 ||
        leaf_put(b->store, &(struct leaf_put_in){.seq = e->seq, .hash = hash_text(&leaf)}, err) !=
            0)
        return -1;
    for (int i = 0; i < count; i++)
        if (node_put(b->store,
                     &(struct node_put_in){.level = done[i].level,
                                           .idx = (int64_t)done[i].index,
                                           .hash = hash_text(&done[i].hash)},
                     err) != 0)
            return -1;
    return 0;
}

int batch_head(struct batch *b, struct err *err)
{
    buf_auto struct buf frontier = BUF(4096);

    frontier_write(&b->frontier, &frontier);
    if (frontier.failed)
        return err_set(err, NO_MEMORY);
    return head_put(b->store,
                    &(struct head_put_in){.size = (int64_t)b->frontier.size,
                                          .at = b->at,
                                          .frontier = buf_view(&frontier)},
                    err);
}

int batch_settle(struct batch *b, struct err *err)
{
    buf_auto struct buf body = BUF(4096), note = BUF(8192);
    struct checkpoint c = {.origin = text_of(b->ledger->origin),
                           .size = b->frontier.size,
                           .root = frontier_root(&b->frontier)};

    if (checkpoint_write(&c, &body, err) != 0 ||
        note_sign(&note, buf_view(&body), b->ledger->signer, err) != 0)
        return -1;
    if (note.failed)
        return err_set(err, NO_MEMORY);
    if (checkpoint_put(
            b->store, &(struct checkpoint_put_in){.size = (int64_t)c.size, .note = buf_view(&note)},
            err) != 0)
        return -1;
    return batch_head(b, err);
}

/* A new item's code: the campaign's, a dash, and the next serial in at least four digits. */
static struct text next_code(struct batch *b, struct campaign *c)
{
    char out[96];
    struct text code = text_clip(c->code, 64);
    int n = snprintf(out, sizeof out, "%.*s-%04lld", TEXT_ARG(code), (long long)c->last + 1);

    return arena_text(b->arena, (struct text){out, (size_t)n});
}

/* Seals what the command keeps secret: commitments into its event, the rows into *rows, to be
 * stored once the entry is known to be good. */
static int seal_all(struct batch *b, struct command *c, struct sealed_put_in **rows,
                    struct err *err)
{
    struct sealed_list *list = c->event.kind == EVENT_ITEM_REGISTER ? &c->event.item_register.sealed
                                                                    : &c->event.item_amend.sealed;
    struct sealed_line *lines = arena_array(b->arena, struct sealed_line, c->secret_count);

    *rows = arena_array(b->arena, struct sealed_put_in, c->secret_count);
    if (lines == NULL || *rows == NULL)
        return err_set(err, NO_MEMORY);
    if (!b->ledger->has_seal)
        return err_set(err, KEYS_MISSING, text_of("keys/seal.key"));
    for (size_t i = 0; i < c->secret_count; i++) {
        buf_auto struct buf box = BUF(SEAL_BOX_MAX), hex = BUF(64);
        unsigned char wrapped[SEAL_WRAPPED];
        struct hash commitment;
        if (seal_close(c->secrets[i].value, &b->ledger->seal, b->ledger->env, &commitment, wrapped,
                       &box, err) != 0)
            return -1;
        buf_hex(&hex, commitment.b, sizeof commitment.b);
        if (box.failed || hex.failed)
            return err_set(err, NO_MEMORY);
        lines[i].field = c->secrets[i].field;
        lines[i].commitment = arena_text(b->arena, buf_view(&hex));
        (*rows)[i] = (struct sealed_put_in){
            .commitment = lines[i].commitment,
            .field = lines[i].field,
            .box = arena_text(b->arena, buf_view(&box)),
            .wrapped = arena_text(b->arena, (struct text){(char *)wrapped, sizeof wrapped})};
    }
    *list = (struct sealed_list){lines, c->secret_count};
    return 0;
}

/* Whoever is made inactive is signed out with the same commit. Credentials are no projection:
 * `rebuild` must not come here. */
static int end_credentials(struct batch *b, const struct person_list *people, struct err *err)
{
    for (size_t i = 0; i < people->count; i++) {
        struct text person = people->at[i].code;
        if (people->at[i].inactive &&
            (session_end_of(b->store, &(struct session_end_of_in){person}, err) != 0 ||
             token_end_of(b->store, &(struct token_end_of_in){person}, err) != 0))
            return -1;
    }
    return 0;
}

/* One command: decided, and when it is allowed, appended and projected. */
static int write_one(struct batch *b, struct command *c, struct outcome *o, struct err *err)
{
    buf_auto struct buf bytes = BUF(ENTRY_BYTES);
    struct seen_get_out seen;
    struct actor_row *actor = NULL;
    struct campaign *campaign = NULL;
    struct sealed_put_in *secrets = NULL;
    struct entry e = {.seq = (int64_t)b->frontier.size, .by = c->by, .via = c->via};
    char uuid[37];
    bool item = c->event.kind >= EVENT_ITEM_REGISTER;
    int rc;

    if (c->id.n) {
        rc = seen_get_one(b->store, &(struct seen_get_in){.id = c->id}, &seen, b->arena, err);
        if (rc < 0)
            return -1;
        if (rc == 1) {
            struct entry old;
            if (ledger_entry(b->ledger, seen.seq, b->arena, &old, err) != 0)
                return -1;
            *o = (struct outcome){.seq = seen.seq, .code = old.on, .repeated = true};
            if (old.event.kind == EVENT_ITEM_INSTRUCT)
                o->instruction = old.event.item_instruct.code;
            return 0;
        }
    } else if (env_uuid(b->ledger->env, uuid, err) != 0) {
        return -1;
    } else {
        c->id = arena_text(b->arena, text_of(uuid));
    }
    o->code = c->on;
    /* The first entry of all makes the person who writes it. */
    if (c->event.kind != EVENT_LEDGER_INIT || b->frontier.size > 0) {
        rc = batch_actor(b, c->by, &actor, err);
        if (rc < 0)
            return -1;
        if (rc == 0) {
            o->verdict = no(RULE_UNKNOWN_PERSON, c->by, none);
            return 0;
        }
        if (instruction_event(c->event.kind))
            rc = decide_instruction(b, c, o, err);
        else
            rc = item ? decide_item(b, c, o, actor, &campaign, err)
                      : decide_office(b, c, o, &actor->actor, err);
        if (rc != 0)
            return -1;
    }
    if (o->verdict.rule == RULE_NONE && item)
        o->verdict = check_references(b, c, err);
    if (err->code)
        return -1;
    if (o->verdict.rule)
        return 0;
    if (c->event.kind == EVENT_ITEM_REGISTER) {
        c->on = o->code = next_code(b, campaign);
        o->version = 1;
    }
    if (c->event.kind == EVENT_ITEM_LOOK_BACK && !c->event.item_look_back.pass &&
        campaign->rules.final)
        c->event.item_look_back.item = next_code(b, campaign);
    e.at = b->ledger->env->now(b->ledger->env);
    if (e.at < b->at)
        e.at = b->at; /* the clock was set back; time in a log never decreases */
    e.id = c->id;
    e.on = c->on;
    if (c->secret_count && seal_all(b, c, &secrets, err) != 0)
        return -1;
    e.event = c->event;
    entry_write(&bytes, &e);
    if (bytes.failed) {
        buf_auto struct buf whole = BUF(BUF_ANY);
        entry_write(&whole, &e);
        if (whole.failed || whole.n <= ENTRY_BYTES)
            return err_set(err, NO_MEMORY);
        o->verdict = (struct verdict){.rule = RULE_TOO_LONG,
                                      .texts = {text_of(N_("What is said"))},
                                      .numbers = {ENTRY_BYTES}};
        return 0;
    }
    /* What is projected is what the bytes say: `rebuild` will read nothing else. */
    if (!entry_read(buf_view(&bytes), b->arena, &e, NULL)) {
        o->verdict = no(RULE_NOT_TEXT, none, none);
        return b->arena->failed ? err_set(err, NO_MEMORY) : 0;
    }
    o->seq = e.seq;
    for (size_t i = 0; i < c->secret_count; i++) {
        secrets[i].item = c->on;
        if (sealed_put(b->store, &secrets[i], err) != 0)
            return -1;
    }
    if (e.event.kind == EVENT_PERSON_PUT &&
        end_credentials(b, &e.event.person_put.people, err) != 0)
        return -1;
    return batch_append(b, &e, buf_view(&bytes), err) != 0 ? -1 : project(b, &e, err);
}

/* Somebody may have brought the ledger up to date since it was opened here: what this program knows
 * of its tables is then too little to write them; or moved it. Reading goes on. */
static int check_version(struct ledger *l, struct err *err)
{
    int64_t version;

    return store_version(l->store, &version, err) != 0 ? -1 : ledger_version(l, version, err);
}

static int write_once(struct ledger *l, struct command *commands, struct outcome *outcomes,
                      size_t count, struct arena *arena, struct err *err)
{
    struct batch b = {.ledger = l, .store = l->store, .arena = arena, .today = ledger_today(l)};
    struct head_get_out head;
    uint64_t size;
    int rc;

    err->code = ERR_NONE;
    if (l->signer == NULL)
        return err_set(err, KEYS_MISSING, text_of("keys/log.key"));
    for (size_t i = 0; i < count; i++)
        if (commands[i].event.kind == EVENT_CAMPAIGN_PLAN && commands[i].read == 0 &&
            campaign_plan_read(l, &commands[i], arena, err) != 0)
            return -1;
    if (!l->trial && store_begin(l->store, STORE_WRITE, err) != 0)
        return -1;
    rc = check_version(l, err);
    if (rc == 0)
        rc = head_get_one(l->store, NULL, &head, arena, err);
    if (rc == 1) {
        b.at = head.at;
        rc = frontier_read(&b.frontier, head.frontier, err);
    }
    size = b.frontier.size;
    for (size_t i = 0; i < count && rc == 0; i++) {
        uint64_t so_far = b.frontier.size;
        outcomes[i] = (struct outcome){.seq = -1};
        rc = write_one(&b, &commands[i], &outcomes[i], err);
        /* What names something with bytes that are no text was not even looked for. */
        if (rc != 0 && err->code == ERR_NOT_TEXT && b.frontier.size == so_far) {
            outcomes[i].verdict = no(RULE_NOT_TEXT, none, none);
            err->code = ERR_NONE;
            rc = 0;
        }
    }
    if (rc == 0 && b.frontier.size > size)
        rc = batch_flush(&b, err) != 0 ? -1 : batch_settle(&b, err);
    if (rc == 0 && arena->failed)
        rc = err_set(err, NO_MEMORY);
    batch_release(&b);
    if (rc != 0) {
        store_rollback(l->store);
        return -1;
    }
    return l->trial ? 0 : store_commit(l->store, err);
}

/* A server may drop a transaction for another's, or be lost when it was asked to commit: then the
 * whole of it is done again. A command keeps the key that it got first; so what is in the log after
 * all is found, and answered as what is there. A server that starts again is waited for. */
int ledger_write(struct ledger *l, struct command *commands, struct outcome *outcomes, size_t count,
                 struct arena *arena, struct err *err)
{
    enum { TRIES = 7, WAIT_MS = 100, GIVE_UP_MS = 12 * 1000 };
    struct command *given = arena_array(arena, struct command, count + 1);
    int64_t began = l->env->now(l->env);
    bool unknown = false;
    int rc;

    if (given == NULL)
        return err_set(err, NO_MEMORY);
    memcpy(given, commands, count * sizeof *given);
    rc = write_once(l, commands, outcomes, count, arena, err);
    for (int i = 0; i < TRIES && rc != 0 && !l->trial; i++) {
        unknown |= err->code == ERR_COMMIT_UNKNOWN;
        if ((!unknown && err->code != ERR_CONFLICT) || l->env->now(l->env) - began > GIVE_UP_MS)
            break;
        if (unknown)
            poll(NULL, 0, WAIT_MS << i);
        for (size_t k = 0; k < count; k++) {
            given[k].id = commands[k].id;
            commands[k] = given[k];
        }
        rc = write_once(l, commands, outcomes, count, arena, err);
    }
    /* Whatever the last try met, the first may have been written. */
    return rc != 0 && unknown ? err_set(err, COMMIT_UNKNOWN) : rc;
}

int ledger_trial(struct ledger *l, struct err *err)
{
    if (store_begin(l->store, STORE_WRITE, err) != 0)
        return -1;
    l->trial = true;
    return 0;
}

void ledger_trial_end(struct ledger *l)
{
    store_rollback(l->store);
    l->trial = false;
}
