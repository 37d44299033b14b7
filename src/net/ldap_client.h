/*
 * ldap_client.h: is this the user's password? Asked of a directory (LDAPv3, RFC 4511).
 *
 * Either the user's name is put into a DN, or a service account looks for the user's entry; then
 * the directory is asked to bind as that entry with the password. The line is always encrypted and
 * the server's certificate checked: ldaps://, or ldap:// with StartTLS. Safe in every thread; each
 * call is a connection of its own. Library: OpenLDAP's libldap.
 */
#ifndef XH_NET_LDAP_CLIENT_H
#define XH_NET_LDAP_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct directory_config {
    struct text url; /* "ldaps://host[:port]" or "ldap://host[:port]", the latter with StartTLS */
    struct text ca;  /* file of certificates that are trusted; empty: the system's */
    struct text dn;  /* "uid={user},ou=people,dc=example": no search when it is given */
    /* For the search: the service account (both empty: anonymously), where and what. */
    struct text bind_dn, bind_password, base;
    struct text filter;      /* "(uid={user})" */
    struct text name, email; /* attributes to read; empty: displayName, mail */
    int timeout_ms;          /* of each step; 0: 5000 */
};

struct directory_entry {
    struct text dn, name, email; /* in the arena; name and email may be empty */
};

/* 0 when that can be asked with; -1 with CONFIG and what is wrong. */
int directory_config_check(const struct directory_config *config, struct err *err);
/*
 * 1 and the entry when the password is the user's; 0 when it is not, when there is no such user or
 * more than one, and for an empty password or a name with control characters, without asking (a
 * bind without a password succeeds as nobody: RFC 4513, 5.1.2). -1: DIRECTORY when the directory
 * cannot be asked, CONFIG for a config that cannot be. Neither error names the user or a password.
 */
int directory_check(const struct directory_config *config, struct text user, struct text password,
                    struct directory_entry *entry, struct arena *arena, struct err *err);

/* Appends a value for a filter (RFC 4515, section 3) or a DN (RFC 4514, 2.4). */
void directory_escape_filter(struct buf *out, struct text value);
void directory_escape_dn(struct buf *out, struct text value);

#endif
