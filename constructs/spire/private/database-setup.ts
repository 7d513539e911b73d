/** The one database of the cluster, and who uses it */
export const DATABASE = {
  name: "spire",
  user: "spire_server",
  /** Its password is known to Secrets Manager alone */
  master: "spire_admin",
  port: 5432,
} as const;

/**
 * Turns the managed master secret (`{"username": …, "password": …}`) into a password file of libpq.
 *
 * The image of the AWS CLI has no reader of JSON, so this is one, in POSIX shell and its builtins alone: no argument of
 * a program, no environment variable and no output ever holds the password.
 *
 * Reads SECRET_ARN, PGHOST, PGPORT, PGUSER and writes PGPASSFILE.
 */
export function passwordScript(): string {
  return String.raw`#!/bin/sh
set -euf
umask 077

refuse() {
  echo "the secret $1" >&2
  exit 1
}

blanks() {
  rest=\${rest#"\${rest%%[![:space:]]*}"}
}

token() {
  blanks
  case $rest in
  "$1"*) rest=\${rest#?} ;;
  *) refuse "is not an object of strings" ;;
  esac
}

# The JSON string that $rest begins with becomes $text.
string() {
  token '"'
  text=
  while :; do
    plain=\${rest%%[\"\\]*}
    text=$text$plain
    rest=\${rest#"$plain"}
    case $rest in
    \"*)
      rest=\${rest#?}
      return
      ;;
    \\[\"\\/]*)
      rest=\${rest#?}
      after=\${rest#?}
      text=$text\${rest%"$after"}
      ;;
    \\u00[2-7][0-9A-Fa-f]*)
      after=\${rest#??????}
      code=\${rest%"$after"}
      text=$text$(printf "\\$(printf %03o "0x\${code#??}")")
      ;;
    *) refuse "holds a character that is not printable ASCII" ;;
    esac
    rest=$after
  done
}

rest=$(aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text)
password=
token '{'
while :; do
  string
  key=$text
  token :
  string
  [ "$key" != password ] || password=$text
  blanks
  case $rest in
  ,*) token , ;;
  *)
    token '}'
    break
    ;;
  esac
done
[ -n "$password" ] || refuse "has no password"

# A colon ends a field of the file.
escaped=
while [ -n "$password" ]; do
  after=\${password#?}
  first=\${password%"$after"}
  case $first in
  : | \\) escaped=$escaped\\ ;;
  esac
  escaped=$escaped$first
  password=$after
done
printf '%s:%s:*:%s:%s\n' "$PGHOST" "$PGPORT" "$PGUSER" "$escaped" >"$PGPASSFILE"
`.replaceAll("\\${", "${");
}

/** Runs the SQL, whose path is its argument, and leaves no password behind. */
export function setupScript(): string {
  return `#!/bin/sh
set -eu
trap 'rm -f "$PGPASSFILE"' EXIT
psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --file="$1"
`;
}

/**
 * Creates the servers' user and database; it is idempotent.
 *
 * The user does not own the database: for that, the master user would have to become a member of it, and members of a
 * member of rds_iam can no longer log in with a password (RDS user guide, UsingWithRDS.IAMDBAuth.DBAccounts).
 */
export function setupSql(): string {
  const { name, user } = DATABASE;
  return `SELECT 'CREATE ROLE ${user} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec

-- Only tokens of IAM log in.
GRANT rds_iam TO ${user};
ALTER ROLE ${user} NOCREATEDB NOCREATEROLE PASSWORD NULL;

SELECT 'CREATE DATABASE ${name}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \\gexec

REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE ${name} TO ${user};

\\connect ${name}
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO ${user};

ALTER ROLE ${user} LOGIN;
`;
}
