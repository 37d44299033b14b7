/* backup.c: see backup.h. */
#include "office/backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ledger/verify.h"
#include "office/search/search.h"
#include "office/signin/signin.h"

/* The same name in both folders. */
static int join_both(char source[static FILE_PATH], const char *from, char target[static FILE_PATH],
                     const char *to, const char *name, struct err *err)
{
    return file_join(source, from, name, err) != 0 ? -1 : file_join(target, to, name, err);
}

/* Copies the files of a folder that the other does not have; files are named by their content, or
 * are few and small. One level deep. */
static int copy_files(const char *from, const char *to, bool replace, struct err *err)
{
    DIR *d = opendir(from);
    struct dirent *e;
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0 : err_errno(err, text_of(from));
    if (file_mkdir(to, 0700, err) != 0) {
        closedir(d);
        return -1;
    }
    while (rc == 0 && (e = readdir(d)) != NULL) {
        char source[FILE_PATH], target[FILE_PATH];
        if (e->d_name[0] == '.' || e->d_type == DT_DIR)
            continue;
        rc = join_both(source, from, target, to, e->d_name, err);
        if (rc == 0 && (replace || !file_exists(target)))
            rc = file_copy(source, target, 0600, err);
    }
    closedir(d);
    return rc;
}

/* evidence/ has one level of folders, by the first two digits of the hash. */
static int copy_evidence(const char *from, const char *to, struct err *err)
{
    DIR *d = opendir(from);
    struct dirent *e;
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0 : err_errno(err, text_of(from));
    if (file_mkdir(to, 0700, err) != 0) {
        closedir(d);
        return -1;
    }
    while (rc == 0 && (e = readdir(d)) != NULL) {
        char source[FILE_PATH], target[FILE_PATH];
        if (strlen(e->d_name) != 2 || e->d_name[0] == '.')
            continue;
        rc = join_both(source, from, target, to, e->d_name, err);
        if (rc == 0)
            rc = copy_files(source, target, false, err);
    }
    closedir(d);
    return rc;
}

static int copy_rest(const char *from, const char *to, struct err *err)
{
    char source[FILE_PATH], target[FILE_PATH];

    if (join_both(source, from, target, to, "evidence", err) != 0 ||
        copy_evidence(source, target, err) != 0 ||
        join_both(source, from, target, to, "keys", err) != 0 ||
        copy_files(source, target, true, err) != 0 ||
        join_both(source, from, target, to, "config.json", err) != 0)
        return -1;
    return file_exists(source) ? file_copy(source, target, 0600, err) : 0;
}

int backup_write(struct ledger *l, const char *to, struct err *err)
{
    char fresh[FILE_PATH], final[FILE_PATH];

    if (l->address[0])
        return err_set(err, NO_COPY);
    if (file_mkdir(to, 0700, err) != 0 || file_join(fresh, to, "ledger.db.new", err) != 0 ||
        file_join(final, to, "ledger.db", err) != 0)
        return -1;
    remove(fresh);
    /* The database first: evidence that it names was there before it, so what is copied afterwards
     * holds all of it. */
    if (store_copy(l->store, fresh, err) != 0 || copy_rest(l->dir, to, err) != 0) {
        remove(fresh);
        return -1;
    }
    chmod(fresh, 0600);
    if (rename(fresh, final) != 0)
        return err_errno(err, text_of(final));
    return file_sync_dir(to, err);
}

int backup_restore(const char *from, const char *to, struct env *env, struct err *err)
{
    struct ledger backup, restored;
    struct verify_report report;
    char path[FILE_PATH];
    int rc;

    if (place_is_database(text_of(to)))
        return err_set(err, NO_COPY);
    if (file_join(path, to, "ledger.db", err) != 0)
        return -1;
    if (file_exists(path))
        return err_set(err, LEDGER_EXISTS, text_of(to));
    if (ledger_open(&backup, from, false, env, err) != 0)
        return -1;
    /* Checked before anything is put in place, and once more where it was put. */
    rc = verify_ledger(&backup, false, T(""), &report, NULL, NULL, err);
    if (rc == 0)
        rc = backup_write(&backup, to, err);
    ledger_close(&backup);
    if (rc != 0)
        return -1;
    rc = ledger_open(&restored, to, false, env, err);
    if (rc == 0) {
        rc = verify_ledger(&restored, false, T(""), &report, NULL, NULL, err);
        /* Nothing checks the search index; it is made anew from what was checked. */
        if (rc == 0)
            rc = search_reset(&restored, err);
        if (rc == 0)
            rc = signin_forget_all(&restored, err);
        ledger_close(&restored);
    }
    if (rc != 0)
        remove(path); /* what does not agree is no ledger */
    return rc;
}
