#!/usr/bin/env python3
"""Signing in with a directory, against OpenLDAP's slapd: slapd.py XIAOHAO ASK"""
import json
import os
import subprocess

import servers
import tap
from servers import desk

DESK = desk.Desk()
FOLDER = DESK.path("slapd")
os.mkdir(FOLDER)
PLAIN, TLS = servers.free_port(), servers.free_port()
PASSWORD, SERVICE = "垂杨-correct horse", "service-secret-4711"
ROOT = "dc=example,dc=org"
CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {0}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {0}/ca.pem
TLSCertificateFile {0}/server.pem
TLSCertificateKeyFile {0}/server.key
allow bind_anon_cred bind_anon_dn
database mdb
suffix "dc=example,dc=org"
directory {0}/db
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=people,dc=example,dc=org" by dn.exact="cn=service,dc=example,dc=org" read by self read by * none
access to * by * none
"""


def person(uid, name, password=PASSWORD, rdn=None):
    return """
dn: uid={3},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: {0}
cn: {1}
sn: {1}
displayName: {1}
mail: {0}@example.org
userPassword: {2}
""".format(uid, name, password, rdn or uid)


LDIF = """dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: cn=service,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: service
userPassword: %s
""" % SERVICE + person("li.si", "Li Si") + person("wang", "Wang", "other-password") + """
dn: ou=former,ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: former

dn: uid=twin,ou=former,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: twin
cn: Twin
sn: Twin
userPassword: %s
""" % PASSWORD + person("twin", "Twin")


def prepare():
    servers.certificates(FOLDER)
    os.mkdir(os.path.join(FOLDER, "db"))
    for name, text in (("slapd.conf", CONF.format(FOLDER)), ("people.ldif", LDIF)):
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as f:
            f.write(text)
    subprocess.run(["/usr/sbin/slapadd", "-f", "slapd.conf", "-l", "people.ldif"], cwd=FOLDER,
                   check=True, capture_output=True)
    for code, user in (("chen", "li.si"), ("xia", "wang"), ("bai", "twin"), ("du", "*"),
                       ("shu", "x)(uid=*"), ("wu", "nobody.there")):
        DESK.run("person", "add", code, "--role", "clerk")
        DESK.run("person", "link", "add", code, "--issuer", "ldap", "--subject", user)
    DESK.run("passwd", "chen", given="a local password\n")
    with open(os.path.join(DESK.ledger, "keys", "ldap.secret"), "w", encoding="utf-8") as f:
        f.write(SERVICE + "\n")
    os.chmod(os.path.join(DESK.ledger, "keys", "ldap.secret"), 0o600)


SEARCH = {"url": "ldaps://127.0.0.1:%d" % TLS, "ca": FOLDER + "/ca.pem",
          "bind_dn": "cn=service," + ROOT, "bind_password_file": "keys/ldap.secret",
          "base": "ou=people," + ROOT, "filter": "(uid={user})"}
BY_DN = {"url": "ldap://127.0.0.1:%d" % PLAIN, "ca": FOLDER + "/ca.pem",
         "dn": "uid={user},ou=people," + ROOT}
SAID = []


def ask(user, password, config):
    with open(os.path.join(DESK.ledger, "config.json"), "w", encoding="utf-8") as f:
        json.dump({"ldap": config}, f)
    # From elsewhere each time: the limit of tries is another test's business.
    address = "192.0.2.%d" % (len(SAID) + 1)
    made = subprocess.run([servers.ASK, DESK.ledger, "password", user, address], capture_output=True,
                          input=(password + "\n").encode(), env=servers.environment(), timeout=60)
    SAID.append(made.stdout + made.stderr)
    tap.check(not desk.BROKEN.search(made.stderr.decode()), made.stderr.decode())
    return made.stdout.decode().strip()


def both(user, password, wanted):
    for config in (SEARCH, BY_DN):
        said = ask(user, password, config)
        tap.check(said == wanted, config["url"], user, "not", wanted, "but:", said)


def the_right_password_opens():
    both("li.si", PASSWORD, "done chen")
    both(" LI.SI ", PASSWORD, "done chen")


def a_wrong_one_does_not():
    both("li.si", "other-password", "refused")
    both("wang", PASSWORD, "refused")
    # For who is linked the directory decides; the local password is no second door.
    both("li.si", "a local password", "refused")


def an_empty_one_does_not_though_the_server_would_bind():
    both("li.si", "", "refused")
    bare = subprocess.run(["ldapwhoami", "-x", "-H", SEARCH["url"], "-D", "uid=li.si,ou=people," + ROOT,
                           "-w", ""], env={**servers.environment(), "LDAPTLS_CACERT": SEARCH["ca"]},
                          capture_output=True, text=True)
    tap.check(bare.returncode == 0 and "anonymous" in bare.stdout, bare)


def names_are_no_patterns():
    # Linked so that they reach the directory, where they find nobody.
    both("*", PASSWORD, "refused")
    both("x)(uid=*", PASSWORD, "refused")
    both("nobody.there", PASSWORD, "refused")
    both("chen,ou=people", PASSWORD, "refused")


def two_of_a_name_are_nobody():
    tap.check(ask("twin", PASSWORD, SEARCH) == "refused")


def who_is_not_linked_has_a_password_here():
    DESK.run("passwd", "owner", given="the owner's password\n")
    both("owner", "the owner's password", "done owner")


def the_servers_certificate_must_fit():
    for config in (SEARCH, BY_DN):
        for ca in (FOLDER + "/other.pem", None):
            changed = {k: v for k, v in {**config, "ca": ca}.items() if v}
            said = ask("wang", "other-password", changed)
            tap.check(said.startswith("failure: The directory"), said)
    said = ask("wang", "other-password", {**SEARCH, "url": "ldaps://127.0.0.1:%d" % PLAIN})
    tap.check(said.startswith("failure: The directory"), said)


def the_service_account_must_be_let_in():
    said = ask("wang", "other-password", {**SEARCH, "bind_dn": "cn=other," + ROOT})
    tap.check("refuses the service account" in said, said)


def settings_that_cannot_be_are_said():
    secret = os.path.join(DESK.ledger, "keys", "ldap.secret")
    for config, wanted in (({**SEARCH, "filer": "x"}, "ldap.filer"),
                           ({**SEARCH, "url": "http://x"}, "ldap.url"),
                           ({**SEARCH, "url": 7}, "ldap.url"),
                           ({"url": SEARCH["url"]}, "ldap"),
                           ({**SEARCH, "bind_password_file": "keys/none"}, "keys/none")):
        said = ask("wang", "x", config)
        tap.check(said.startswith("failure: ") and wanted in said, said)
    os.chmod(secret, 0o640)
    said = ask("wang", "x", SEARCH)
    os.chmod(secret, 0o600)
    tap.check("can be read by others" in said, said)


def no_password_is_anywhere():
    for path, data in DESK.tree(DESK.ledger).items():
        tap.check(PASSWORD.encode() not in data, path)
        tap.check(SERVICE.encode() not in data or path.endswith("ldap.secret"), path)
    for said in SAID:
        tap.check(PASSWORD.encode() not in said and SERVICE.encode() not in said, said)


prepare()
SERVER = servers.Server(["/usr/sbin/slapd", "-d", "0", "-f", "slapd.conf", "-h",
                         "ldap://127.0.0.1:%d/ ldaps://127.0.0.1:%d/" % (PLAIN, TLS)], TLS, FOLDER)
SERVER.start()
tap.run([(f.__name__, f) for f in (
    the_right_password_opens, a_wrong_one_does_not,
    an_empty_one_does_not_though_the_server_would_bind, names_are_no_patterns,
    two_of_a_name_are_nobody, who_is_not_linked_has_a_password_here,
    the_servers_certificate_must_fit, the_service_account_must_be_let_in,
    settings_that_cannot_be_are_said, no_password_is_anywhere)])
