/* oidc.c: see oidc.h. */
#include "net/oidc.h"

#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "net/http_client.h"

enum {
    DOCUMENT_MAX = 128 * 1024,
    FRESH_MS = 60 * 60 * 1000,
    KEYS_AGAIN_MS = 60 * 1000, /* a token with an unknown key makes us ask at most so often */
    CODE_MAX = 4096,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};

struct oidc {
    struct env *env;
    struct arena arena; /* what the config says */
    struct oidc_config config;
    const char *ca, *id, *secret; /* of the config, for the HTTP client */
    pthread_mutex_t lock;         /* guards what follows; held while the service is asked */
    struct arena found;           /* what the service says of itself */
    struct text authorize, token, jwks;
    bool secret_in_form;
    int64_t found_at;
    struct buf keys;
    int64_t keys_at;
};

struct oidc *oidc_new(const struct oidc_config *config, struct env *env, struct err *err)
{
    struct oidc *o;

    if (!text_starts(config->issuer, T("https://")) || text_has(config->issuer, T("?")) ||
        text_has(config->issuer, T("#"))) {
        err_set(err, CONFIG, T("oidc.issuer"),
                err_sentence(N_("it begins with https:// and has no ? and no #")));
        return NULL;
    }
    if (config->client_id.n == 0) {
        err_set(err, CONFIG, T("oidc.client_id"), err_sentence(N_("it is missing")));
        return NULL;
    }
    o = mem_alloc(sizeof *o);
    if (o == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    o->env = env;
    o->arena = ARENA(64 * 1024);
    o->found = ARENA(1024 * 1024);
    o->keys = BUF(JWKS_MAX);
    pthread_mutex_init(&o->lock, NULL);
    o->config = (struct oidc_config){
        .issuer = arena_text(&o->arena, config->issuer),
        .client_id = arena_text(&o->arena, config->client_id),
        .scope =
            arena_text(&o->arena, config->scope.n ? config->scope : T("openid profile email"))};
    o->id = arena_cstr(&o->arena, config->client_id);
    o->secret = arena_cstr(&o->arena, config->client_secret);
    o->config.client_secret = text_of(o->secret);
    o->ca = config->ca.n ? arena_cstr(&o->arena, config->ca) : NULL;
    if (o->arena.failed) {
        oidc_free(o);
        err_set(err, NO_MEMORY);
        return NULL;
    }
    return o;
}

void oidc_free(struct oidc *o)
{
    if (o == NULL)
        return;
    if (o->secret)
        sodium_memzero((void *)(uintptr_t)o->secret, strlen(o->secret));
    arena_release(&o->arena);
    arena_release(&o->found);
    buf_release(&o->keys);
    pthread_mutex_destroy(&o->lock);
    mem_free(o);
}

/* --- what is kept ----------------------------------------------------------------------------- */

void oidc_kept_write(const struct oidc_kept *kept, char out[static OIDC_KEPT_TEXT])
{
    snprintf(out, OIDC_KEPT_TEXT, "%s.%s.%s.%lld", kept->state, kept->nonce, kept->verifier,
             (long long)kept->made);
}

bool oidc_kept_read(struct oidc_kept *kept, struct text text)
{
    char *places[] = {kept->state, kept->nonce, kept->verifier};
    struct text piece;

    for (int i = 0; i < 3; i++) {
        if (!text_cut(&text, '.', &piece) || piece.n != OIDC_RANDOM - 1)
            return false;
        memcpy(places[i], piece.p, piece.n);
        places[i][piece.n] = '\0';
    }
    return text_int(text, &kept->made) && kept->made > 0;
}

/* --- asking the service ----------------------------------------------------------------------- */

/* A document of the service as JSON; the caller decrefs. NULL with err. */
static json_t *ask_json(struct oidc *o, const struct http_request *request, struct buf *body,
                        long *status, struct err *err)
{
    json_t *document;

    if (http_ask(request, status, body, err) != 0)
        return NULL;
    document = json_loadb(body->p ? body->p : "", body->n, JSON_REJECT_DUPLICATES, NULL);
    if (document == NULL || !json_is_object(document)) {
        json_decref(document);
        err_set(err, NOT_JSON, o->config.issuer, err_sentence(N_("it is no JSON object")));
        return NULL;
    }
    return document;
}

static struct text member(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    return json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)} : T("");
}

/* A list of words holds this one; so does a list that is not there when it is the default. */
static bool offers(const json_t *document, const char *key, const char *word, bool otherwise)
{
    const json_t *list = json_object_get(document, key);

    if (!json_is_array(list))
        return otherwise;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one && strcmp(one, word) == 0)
            return true;
    }
    return false;
}

/* Takes over what a discovery document says, if it can be trusted. */
static int take_document(struct oidc *o, const json_t *document, struct err *err)
{
    struct text places[] = {member(document, "authorization_endpoint"),
                            member(document, "token_endpoint"), member(document, "jwks_uri")};

    /* Exactly: OpenID Connect Discovery, 4.3. */
    if (!text_eq(member(document, "issuer"), o->config.issuer))
        return err_set(err, UNTRUSTED,
                       err_sentence(N_("the service names another issuer than config.json")));
    for (int i = 0; i < 3; i++)
        if (!text_starts(places[i], T("https://")) || places[i].n > 2048)
            return err_set(err, UNTRUSTED,
                           err_sentence(N_("the service has an address without https")));
    if (!offers(document, "code_challenge_methods_supported", "S256", true))
        return err_set(err, UNTRUSTED,
                       err_sentence(N_("the service does not know PKCE with S256")));
    arena_clear(&o->found);
    o->authorize = arena_text(&o->found, places[0]);
    o->token = arena_text(&o->found, places[1]);
    o->jwks = arena_text(&o->found, places[2]);
    o->secret_in_form =
        !offers(document, "token_endpoint_auth_methods_supported", "client_secret_basic", true);
    if (o->found.failed) {
        o->found.failed = false;
        o->found_at = 0;
        return err_set(err, NO_MEMORY);
    }
    return 0;
}

/* Asks what the service says of itself unless that is still fresh; under the lock. */
static int discover(struct oidc *o, struct err *err)
{
    static const char place[] = "/.well-known/openid-configuration";
    buf_auto struct buf url = BUF(4096), body = BUF(DOCUMENT_MAX);
    int64_t now = o->env->now(o->env);
    struct text issuer = o->config.issuer;
    json_t *document;
    long status = 0;
    int rc;

    if (o->found_at && now - o->found_at < FRESH_MS && now >= o->found_at)
        return 0;
    if (text_ends(issuer, T("/")))
        issuer.n--;
    buf_text(&url, issuer);
    buf_str(&url, place);
    document = ask_json(o, &(struct http_request){.url = buf_cstr(&url), .ca = o->ca}, &body,
                        &status, err);
    if (document == NULL)
        return -1;
    rc = status == 200 ? take_document(o, document, err)
                       : err_set(err, NET, o->config.issuer,
                                 err_sentence(N_("it does not say how to sign in")));
    json_decref(document);
    if (rc == 0)
        o->found_at = now;
    return rc;
}

/* The service's keys; `again` when a token names one that we have not. Under the lock. */
static int fetch_keys(struct oidc *o, bool again, struct err *err)
{
    buf_auto struct buf url = BUF(4096), body = BUF(JWKS_MAX);
    int64_t now = o->env->now(o->env), age = now - o->keys_at;
    json_t *document;
    long status = 0;

    if (o->keys_at && age >= 0 && age < (again ? KEYS_AGAIN_MS : FRESH_MS))
        return 0;
    buf_text(&url, o->jwks);
    document = ask_json(o, &(struct http_request){.url = buf_cstr(&url), .ca = o->ca}, &body,
                        &status, err);
    if (document == NULL)
        return -1;
    json_decref(document);
    if (status != 200)
        return err_set(err, NET, o->config.issuer, err_sentence(N_("it does not give its keys")));
    buf_clear(&o->keys);
    buf_text(&o->keys, buf_view(&body));
    o->keys_at = now;
    return o->keys.failed ? err_set(err, NO_MEMORY) : 0;
}

/* --- the two steps ---------------------------------------------------------------------------- */

static int random_text(struct env *env, char out[static OIDC_RANDOM], struct err *err)
{
    unsigned char raw[32];

    if (env->random(env, raw, sizeof raw) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    sodium_bin2base64(out, OIDC_RANDOM, raw, sizeof raw, BASE64);
    sodium_memzero(raw, sizeof raw);
    return 0;
}

int oidc_begin(struct oidc *o, struct text redirect, struct oidc_kept *kept, struct buf *url,
               struct err *err)
{
    char challenge[OIDC_RANDOM];
    struct hash h;
    int rc;

    *kept = (struct oidc_kept){.made = o->env->now(o->env)};
    if (random_text(o->env, kept->state, err) != 0 || random_text(o->env, kept->nonce, err) != 0 ||
        random_text(o->env, kept->verifier, err) != 0)
        return -1;
    h = sha256(text_of(kept->verifier));
    sodium_bin2base64(challenge, sizeof challenge, h.b, sizeof h.b, BASE64);
    pthread_mutex_lock(&o->lock);
    rc = discover(o, err);
    if (rc == 0) {
        buf_text(url, o->authorize);
        http_put_param(url, text_has(o->authorize, T("?")) ? '&' : '?', "response_type", T("code"));
    }
    pthread_mutex_unlock(&o->lock);
    if (rc != 0)
        return -1;
    http_put_param(url, '&', "client_id", o->config.client_id);
    http_put_param(url, '&', "redirect_uri", redirect);
    http_put_param(url, '&', "scope", o->config.scope);
    http_put_param(url, '&', "state", text_of(kept->state));
    http_put_param(url, '&', "nonce", text_of(kept->nonce));
    http_put_param(url, '&', "code_challenge", text_of(challenge));
    http_put_param(url, '&', "code_challenge_method", T("S256"));
    return url->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Gives the code for an ID token, which goes into the arena. Not under the lock: a slow service
 * lets each wait for themselves only. */
static int redeem(struct oidc *o, const char *place, bool secret_in_form, struct text redirect,
                  struct text code, const char *verifier, struct text *token, struct arena *arena,
                  struct err *err)
{
    buf_auto struct buf form = BUF(32768), body = BUF(DOCUMENT_MAX), id = BUF(4096),
                        secret = BUF(4096);
    struct http_request request = {.url = place, .ca = o->ca};
    json_t *document;
    long status = 0;
    int rc = 0;

    http_put_param(&form, '\0', "grant_type", T("authorization_code"));
    http_put_param(&form, '&', "code", code);
    http_put_param(&form, '&', "redirect_uri", redirect);
    http_put_param(&form, '&', "code_verifier", text_of(verifier));
    if (o->secret[0] == '\0' || secret_in_form)
        http_put_param(&form, '&', "client_id", o->config.client_id);
    if (o->secret[0] && secret_in_form)
        http_put_param(&form, '&', "client_secret", o->config.client_secret);
    if (o->secret[0] && !secret_in_form) {
        /* RFC 6749, 2.3.1: both are encoded as in a form first. */
        http_put_encoded(&id, o->config.client_id);
        http_put_encoded(&secret, o->config.client_secret);
        request.user = buf_cstr(&id);
        request.password = buf_cstr(&secret);
    }
    request.form = buf_view(&form);
    if (form.failed || id.failed || secret.failed)
        return err_set(err, NO_MEMORY);
    document = ask_json(o, &request, &body, &status, err);
    if (document && status != 200)
        rc = err_set(err, UNTRUSTED, err_sentence(N_("the service does not redeem the code")));
    else if (document) {
        *token = arena_text(arena, member(document, "id_token"));
        if (token->n == 0)
            rc = err_set(err, UNTRUSTED, err_sentence(N_("the service gives no ID token")));
    } else {
        rc = -1;
    }
    json_decref(document);
    sodium_memzero(form.p, form.n);
    if (secret.p)
        sodium_memzero(secret.p, secret.n);
    if (body.p)
        sodium_memzero(body.p, body.n);
    return rc;
}

/* Does the answer belong to what was begun in this browser, and is it one? */
static int check_answer(struct oidc *o, const struct oidc_kept *kept,
                        const struct oidc_answer *answer, struct err *err)
{
    int64_t age = o->env->now(o->env) - kept->made;

    if (answer->state.n != OIDC_RANDOM - 1 ||
        sodium_memcmp(answer->state.p, kept->state, OIDC_RANDOM - 1) != 0)
        return err_set(err, UNTRUSTED,
                       err_sentence(N_("it belongs to no sign-in that was begun here")));
    if (age < 0 || age > OIDC_KEPT_MS)
        return err_set(err, UNTRUSTED, err_sentence(N_("the sign-in took too long")));
    if (answer->issuer.p && !text_eq(answer->issuer, o->config.issuer))
        return err_set(err, UNTRUSTED, err_sentence(N_("it comes from another service")));
    if (answer->error.p)
        return err_set(err, UNTRUSTED, err_sentence(N_("the service did not let you in")));
    if (answer->code.n == 0 || answer->code.n > CODE_MAX)
        return err_set(err, UNTRUSTED, err_sentence(N_("it has no code")));
    return 0;
}

int oidc_finish(struct oidc *o, struct text redirect, const struct oidc_kept *kept,
                const struct oidc_answer *answer, struct jwt_claims *claims, struct arena *arena,
                struct err *err)
{
    struct jwt_wanted wanted = {.issuer = o->config.issuer,
                                .client_id = o->config.client_id,
                                .nonce = text_of(kept->nonce)};
    buf_auto struct buf keys = BUF(JWKS_MAX);
    struct text token = T("");
    const char *place = "";
    bool secret_in_form = false, unknown_key = false;
    int rc;

    *claims = (struct jwt_claims){0};
    if (check_answer(o, kept, answer, err) != 0)
        return -1;
    pthread_mutex_lock(&o->lock);
    rc = discover(o, err);
    if (rc == 0) {
        place = arena_cstr(arena, o->token);
        secret_in_form = o->secret_in_form;
    }
    pthread_mutex_unlock(&o->lock);
    if (rc == 0)
        rc = redeem(o, place, secret_in_form, redirect, answer->code, kept->verifier, &token, arena,
                    err);
    for (int round = 0; round < 2 && rc == 0; round++) {
        pthread_mutex_lock(&o->lock);
        rc = fetch_keys(o, round > 0, err);
        buf_clear(&keys);
        buf_text(&keys, buf_view(&o->keys));
        pthread_mutex_unlock(&o->lock);
        if (rc != 0)
            break;
        wanted.now = o->env->now(o->env) / 1000;
        rc = keys.failed
                 ? err_set(err, NO_MEMORY)
                 : jwt_verify(token, buf_view(&keys), &wanted, claims, &unknown_key, arena, err);
        /* The service may have changed its keys since we asked. */
        if (rc == 0 || !unknown_key)
            break;
        if (round == 0)
            rc = 0;
    }
    if (token.n)
        sodium_memzero((void *)(uintptr_t)token.p, token.n);
    return rc;
}
