/* ldap_client.c: see ldap_client.h. */
#include "net/ldap_client.h"

#include <ldap.h>
#include <sys/select.h>

enum { USER_BYTES = 256, PASSWORD_BYTES = 1024, TIMEOUT_MS = 5000 };

static const char hex_digits[] = "0123456789abcdef";

static void put_escaped(struct buf *out, unsigned char c)
{
    buf_char(out, '\\');
    buf_char(out, hex_digits[c >> 4]);
    buf_char(out, hex_digits[c & 15]);
}

void directory_escape_filter(struct buf *out, struct text value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c < ' ' || c == '*' || c == '(' || c == ')' || c == '\\' || c == 0x7f)
            put_escaped(out, c);
        else
            buf_char(out, (char)c);
    }
}

void directory_escape_dn(struct buf *out, struct text value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        bool edge = (i == 0 && (c == ' ' || c == '#')) || (i + 1 == value.n && c == ' ');
        if (edge || c < ' ' || c == 0x7f || strchr("\"+,;<>\\=", c))
            put_escaped(out, c);
        else
            buf_char(out, (char)c);
    }
}

/* Puts the escaped user in place of each {user}. */
static const char *fill(struct arena *arena, struct text pattern, struct text user,
                        void (*escape)(struct buf *, struct text))
{
    buf_auto struct buf out = BUF(16384);
    ptrdiff_t at;

    while ((at = text_find(pattern, T("{user}"))) >= 0) {
        buf_text(&out, text_head(pattern, (size_t)at));
        escape(&out, user);
        pattern = text_from(pattern, (size_t)at + 6);
    }
    buf_text(&out, pattern);
    if (out.failed)
        arena->failed = true;
    return arena_cstr(arena, buf_view(&out));
}

struct asking {
    const struct directory_config *config;
    struct arena *arena;
    struct err *err;
    LDAP *ld;
    struct timeval timeout;
};

/* What the library says of a result; never the server's own words, which may name the user. */
static int failed(struct asking *a, int rc)
{
    return err_set(a->err, DIRECTORY, a->config->url, text_of(ldap_err2string(rc)));
}

static int set(struct asking *a, int option, const void *value)
{
    int rc = ldap_set_option(a->ld, option, value);

    return rc == LDAP_OPT_SUCCESS ? 0 : failed(a, rc);
}

/* An encrypted connection to the server whose certificate fits. */
static int dial(struct asking *a)
{
    const struct directory_config *config = a->config;
    const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
    bool tls = text_starts(config->url, T("ldaps://"));
    int rc;

    rc = ldap_initialize(&a->ld, arena_cstr(a->arena, config->url));
    if (rc != LDAP_SUCCESS)
        return failed(a, rc);
    if (set(a, LDAP_OPT_PROTOCOL_VERSION, &version) != 0 ||
        set(a, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != 0 ||
        set(a, LDAP_OPT_RESTART, LDAP_OPT_ON) != 0 ||
        set(a, LDAP_OPT_NETWORK_TIMEOUT, &a->timeout) != 0 ||
        set(a, LDAP_OPT_TIMEOUT, &a->timeout) != 0 ||
        set(a, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != 0 ||
        (config->ca.n &&
         set(a, LDAP_OPT_X_TLS_CACERTFILE, arena_cstr(a->arena, config->ca)) != 0) ||
        set(a, LDAP_OPT_X_TLS_NEWCTX, &client) != 0)
        return -1;
    rc = tls ? LDAP_SUCCESS : ldap_start_tls_s(a->ld, NULL, NULL);
    return rc == LDAP_SUCCESS ? 0 : failed(a, rc);
}

/* 1 bound, 0 refused, -1. */
static int bind_as(struct asking *a, const char *dn, struct text password)
{
    struct berval secret = {.bv_len = password.n, .bv_val = (char *)(uintptr_t)password.p};
    int rc = ldap_sasl_bind_s(a->ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);

    switch (rc) {
    case LDAP_SUCCESS: return 1;
    case LDAP_INVALID_CREDENTIALS: /* no such entry and a locked account are told like that too */
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INVALID_DN_SYNTAX:
    case LDAP_CONSTRAINT_VIOLATION:
    case LDAP_INSUFFICIENT_ACCESS: return 0;
    default: return failed(a, rc);
    }
}

/* The first value of an attribute, "" when there is none or it is no text. */
static struct text value_of(struct asking *a, LDAPMessage *entry, struct text attribute)
{
    struct berval **values = ldap_get_values_len(a->ld, entry, arena_cstr(a->arena, attribute));
    struct text value = T("");

    if (values && values[0]) {
        value = (struct text){values[0]->bv_val, values[0]->bv_len};
        value = text_utf8(value) ? arena_text(a->arena, text_clip(value, 1024)) : T("");
    }
    ldap_value_free_len(values);
    return value;
}

/* Looks below base; 1 and the entry when there is exactly one, 0, -1. */
static int look(struct asking *a, const char *base, int scope, const char *filter,
                struct directory_entry *entry)
{
    struct text name = a->config->name.n ? a->config->name : T("displayName");
    struct text email = a->config->email.n ? a->config->email : T("mail");
    char *attributes[] = {(char *)(uintptr_t)arena_cstr(a->arena, name),
                          (char *)(uintptr_t)arena_cstr(a->arena, email), NULL};
    LDAPMessage *result = NULL, *found;
    int rc = ldap_search_ext_s(a->ld, base, scope, filter, attributes, 0, NULL, NULL, &a->timeout,
                               2, &result);
    char *dn;

    if (rc == LDAP_SIZELIMIT_EXCEEDED || rc == LDAP_NO_SUCH_OBJECT) {
        ldap_msgfree(result);
        return 0;
    }
    if (rc != LDAP_SUCCESS) {
        ldap_msgfree(result);
        return failed(a, rc);
    }
    rc = ldap_count_entries(a->ld, result) == 1;
    found = rc ? ldap_first_entry(a->ld, result) : NULL;
    dn = found ? ldap_get_dn(a->ld, found) : NULL;
    if (dn) {
        *entry = (struct directory_entry){.dn = arena_text(a->arena, text_of(dn)),
                                          .name = value_of(a, found, name),
                                          .email = value_of(a, found, email)};
        ldap_memfree(dn);
    }
    ldap_msgfree(result);
    return dn != NULL;
}

/* The name goes into the DN; the entry's attributes are read as the user, if the user may. */
static int check_by_dn(struct asking *a, struct text user, struct text password,
                       struct directory_entry *entry)
{
    const char *dn = fill(a->arena, a->config->dn, user, directory_escape_dn);
    int rc = a->arena->failed ? err_set(a->err, NO_MEMORY) : bind_as(a, dn, password);
    struct err ignored = {0};

    if (rc != 1)
        return rc;
    *entry = (struct directory_entry){.dn = text_of(dn)};
    a->err = &ignored;
    look(a, dn, LDAP_SCOPE_BASE, "(objectClass=*)", entry);
    return 1;
}

static int check_by_search(struct asking *a, struct text user, struct text password,
                           struct directory_entry *entry)
{
    const struct directory_config *config = a->config;
    const char *filter = fill(a->arena, config->filter, user, directory_escape_filter);
    int rc = a->arena->failed
                 ? err_set(a->err, NO_MEMORY)
                 : bind_as(a, arena_cstr(a->arena, config->bind_dn), config->bind_password);

    if (rc == 0)
        return err_set(a->err, DIRECTORY, config->url,
                       err_sentence(N_("it refuses the service account")));
    if (rc == 1)
        rc = look(a, arena_cstr(a->arena, config->base), LDAP_SCOPE_SUBTREE, filter, entry);
    if (rc == 1)
        rc = bind_as(a, arena_cstr(a->arena, entry->dn), password);
    return rc;
}

static bool is_name(struct text user)
{
    if (user.n == 0 || user.n > USER_BYTES || !text_utf8(user))
        return false;
    for (size_t i = 0; i < user.n; i++)
        if ((unsigned char)user.p[i] < ' ' || user.p[i] == 0x7f)
            return false;
    return true;
}

int directory_config_check(const struct directory_config *config, struct err *err)
{
    if (!text_starts(config->url, T("ldaps://")) && !text_starts(config->url, T("ldap://")))
        return err_set(err, CONFIG, T("ldap.url"),
                       err_sentence(N_("it begins with ldaps:// or ldap://")));
    /* A service account without its password would be bound as nobody, and find what nobody may. */
    if (config->dn.n == 0 && (config->bind_dn.n == 0) != (config->bind_password.n == 0))
        return err_set(
            err, CONFIG, T("ldap.bind_dn"),
            err_sentence(N_("name and password of the service account belong together")));
    if (config->dn.n ? !text_has(config->dn, T("{user}"))
                     : !text_has(config->filter, T("{user}")) || config->base.n == 0)
        return err_set(err, CONFIG, T("ldap"),
                       err_sentence(N_("give dn, or base and filter; {user} stands for the name")));
    return 0;
}

int directory_check(const struct directory_config *config, struct text user, struct text password,
                    struct directory_entry *entry, struct arena *arena, struct err *err)
{
    int ms = config->timeout_ms ? config->timeout_ms : TIMEOUT_MS;
    struct asking a = {
        .config = config, .arena = arena, .err = err, .timeout = {ms / 1000, ms % 1000 * 1000}};
    int rc;

    *entry = (struct directory_entry){0};
    user = text_trim(user);
    if (!is_name(user) || password.n == 0 || password.n > PASSWORD_BYTES)
        return 0;
    if (directory_config_check(config, err) != 0)
        return -1;
    rc = dial(&a);
    if (rc == 0)
        rc = config->dn.n ? check_by_dn(&a, user, password, entry)
                          : check_by_search(&a, user, password, entry);
    if (a.ld)
        ldap_unbind_ext_s(a.ld, NULL, NULL);
    if (rc != 1)
        *entry = (struct directory_entry){0};
    return rc == 1 && arena->failed ? err_set(err, NO_MEMORY) : rc;
}
