/* openapi.c: the description of the addresses for programs (OpenAPI 3.1), from the table of routes.
 */
#include "base/json.h"
#include "web/pages/pages.h"
#include "web/routes.h"

/* The pieces in braces as parameters. */
static void parameters(struct buf *out, const char *path)
{
    bool first = true;

    buf_str(out, "\"parameters\":[");
    for (const char *p = strchr(path, '{'); p; p = strchr(p, '{')) {
        size_t n = strcspn(++p, "}");
        buf_printf(out, "%s{\"in\":\"path\",\"name\":", first ? "" : ",");
        json_put_text(out, (struct text){p, n});
        buf_str(out, ",\"required\":true,\"schema\":{\"type\":\"string\"}}");
        first = false;
    }
    buf_str(out, "],");
}

static void operation(struct buf *out, enum lang lang, const struct route *route)
{
    buf_str(out, route->method == METHOD_GET ? "\"get\":{" : "\"post\":{");
    parameters(out, route->path);
    buf_str(out, "\"summary\":");
    json_put_text(out, text_of(tr(lang, route->summary)));
    buf_str(out, ",\"security\":[{\"token\":[");
    for (int bit = 1, first = 1; bit <= TOKEN_ADMIN; bit *= 2)
        if (route->token & (unsigned)bit) {
            buf_str(out, first ? "\"" : ",\"");
            token_scopes_say(out, (unsigned)bit);
            buf_char(out, '"');
            first = 0;
        }
    buf_str(out,
            "]}],\"responses\":{\"200\":{\"description\":\"\"},\"default\":{\"description\":\"\","
            "\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
            "\"#/components/schemas/error\"}}}}}}");
}

int page_openapi(struct request *q, struct response *r, struct err *err)
{
    struct buf *out = &r->body;
    bool first = true;

    (void)err;
    r->type = "application/json";
    buf_str(out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Xiaohao\",\"version\":\"" XH_VERSION
                 "\"},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\","
                 "\"scheme\":\"bearer\"}},\"schemas\":{\"error\":{\"type\":\"object\","
                 "\"properties\":{\"error\":{\"type\":\"string\"},\"message\":{\"type\":"
                 "\"string\"}}}}},\"paths\":{");
    for (int i = 0; i < route_count; i++) {
        bool told = routes[i].token == TOKEN_NONE;
        /* An address is told once, with its methods. */
        for (int k = 0; k < i && !told; k++)
            told = routes[k].token && strcmp(routes[k].path, routes[i].path) == 0;
        if (told)
            continue;
        buf_str(out, first ? "" : ",");
        json_put_text(out, text_of(routes[i].path));
        buf_str(out, ":{");
        operation(out, q->lang, &routes[i]);
        for (int k = i + 1; k < route_count; k++)
            if (routes[k].token && strcmp(routes[k].path, routes[i].path) == 0) {
                buf_char(out, ',');
                operation(out, q->lang, &routes[k]);
            }
        buf_char(out, '}');
        first = false;
    }
    buf_str(out, "}}\n");
    return 0;
}
