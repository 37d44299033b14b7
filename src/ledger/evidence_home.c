/* evidence_home.c: what both kinds share; see evidence_home.h. */
#include "ledger/evidence_home.h"

#include <stdio.h>

void evidence_home_folder(struct evidence_home *h, const char *dir, struct env *env)
{
    *h = (struct evidence_home){.ops = &evidence_folder_ops, .env = env};
    snprintf(h->dir, sizeof h->dir, "%s", dir);
}

void evidence_home_of(struct evidence_home *h, const struct ledger *l)
{
    char own[PLACE_DIR + 16];

    snprintf(own, sizeof own, "%s/evidence", l->dir);
    evidence_home_folder(h, l->evidence[0] ? l->evidence : own, l->env);
    if (l->evidence_in_database) {
        h->ops = &evidence_database_ops;
        h->store = l->store;
    }
}

int evidence_home_open(struct evidence_home *h, const struct ledger *l, struct err *err)
{
    enum { WAIT_MS = 60 * 1000 };

    evidence_home_of(h, l);
    if (h->store == NULL)
        return 0;
    h->store = ledger_beside(l, WAIT_MS, err);
    h->own = h->store != NULL;
    return h->own ? 0 : -1;
}

void evidence_home_close(struct evidence_home *h)
{
    if (h->own)
        store_close(h->store);
    h->store = NULL;
}

int evidence_new_begin(struct evidence_new *n, struct evidence_home *h, struct err *err)
{
    char path[FILE_PATH];

    *n = (struct evidence_new){.file.fd = -1};
    sha256_begin(&n->run);
    return file_join(path, h->dir, EVIDENCE_UPLOAD, err) != 0
               ? -1
               : file_new_open(&n->file, path, 0600, err);
}

int evidence_new_add(struct evidence_new *n, struct text bytes, struct err *err)
{
    if (file_new_write(&n->file, bytes, err) != 0)
        return -1;
    sha256_add(&n->run, bytes);
    n->size += bytes.n;
    return 0;
}

int evidence_new_put(struct evidence_new *n, struct evidence_home *h, struct text hash,
                     struct err *err)
{
    int rc = h->ops->put(h, hash, &n->file, n->size, err);

    evidence_new_drop(n);
    return rc;
}

void evidence_new_drop(struct evidence_new *n)
{
    file_new_drop(&n->file);
}

static int add_to_run(void *run, struct text block, struct err *err)
{
    (void)err;
    sha256_add(run, block);
    return 0;
}

static enum evidence_found judge(int there, struct text hash, struct sha256_run *run)
{
    struct hash named, have = sha256_end(run);

    if (there == 0)
        return EVIDENCE_MISSING;
    return hash_parse(hash, &named) && hash_eq(&named, &have) ? EVIDENCE_WHOLE : EVIDENCE_ALTERED;
}

int evidence_check(struct evidence_home *h, struct text hash, enum evidence_found *found,
                   struct err *err)
{
    struct sha256_run run;
    int rc;

    sha256_begin(&run);
    rc = h->ops->read(h, hash, add_to_run, &run, err);
    *found = judge(rc, hash, &run);
    return rc < 0 ? -1 : 0;
}

static int add_to_new(void *new, struct text block, struct err *err)
{
    return evidence_new_add(new, block, err);
}

int evidence_copy(struct evidence_home *from, struct evidence_home *to, struct text hash,
                  enum evidence_found *found, uint64_t *copied, struct err *err)
{
    struct evidence_new n;
    uint64_t here, there;
    int rc = from->ops->size(from, hash, &there, err), had;

    if (copied)
        *copied = 0;
    *found = EVIDENCE_MISSING;
    if (rc <= 0)
        return rc;
    *found = EVIDENCE_WHOLE;
    had = to->ops->size(to, hash, &here, err);
    if (had < 0 || (had == 1 && here == there))
        return had < 0 ? -1 : 0;
    if (evidence_new_begin(&n, to, err) != 0)
        return -1;
    rc = from->ops->read(from, hash, add_to_new, &n, err);
    if (rc >= 0)
        *found = judge(rc, hash, &n.run);
    if (rc == 1 && *found == EVIDENCE_WHOLE)
        rc = evidence_new_put(&n, to, hash, err);
    if (rc == 0 && *found == EVIDENCE_WHOLE && copied)
        *copied = n.size;
    evidence_new_drop(&n);
    return rc < 0 ? -1 : 0;
}
