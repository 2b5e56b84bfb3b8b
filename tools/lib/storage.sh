# A private Postgres and Redis, reached by unix sockets only. Sourced after output.sh and children.sh.
# shellcheck shell=bash

postgres_options=() # further ones of a script's own

#   start_storage STATE LOGS     sets `database`, `owner_database`, `redis_socket` and `sockets`, the folder of all sockets
start_storage() {
    local logs=$2 data owner server
    choose_places "$1"
    start_postgres "$data/postgres"
    make_roles "$logs/postgres.log"
    start_redis "$data/redis"
}

# Sets `data`, the folder that holds the data, `owner`, how to become who owns it, `server` and `sockets`.
#   choose_places STATE
choose_places() {
    local state=$1
    data=$state owner=()
    unset "${!PG@}" # libpq and Postgres read settings from the environment
    server="$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort --version-sort | tail --lines=1)"
    if (($(id -u) == 0)); then
        # Postgres refuses to run as root.
        owner=(--reuid postgres --regid "$(id -g postgres)" --init-groups)
        if ! setpriv "${owner[@]}" -- test -x "$state"; then
            data="/var/lib/smart-ai-hub-$(sha256sum <<<"$state" | cut --characters=1-12)"
            install --directory --mode=711 "$data"
            say "Postgres runs as the user postgres, who cannot enter $state: the data is in $data."
        fi
    fi
    choose_sockets "$data/run"
}

# Sockets stand beside the data, unless that path is too long for an address or has a character with a meaning in one.
choose_sockets() {
    sockets=$1
    if [[ ! $sockets/.s.PGSQL.5432 =~ ^[A-Za-z0-9/._+-]{1,107}$ ]]; then
        sockets="$(mktemp --directory /tmp/hub.XXXXXX)"
        temporary_folders+=("$sockets")
    fi
    make_private "$sockets"
}

start_postgres() {
    local folder=$1 log="$logs/postgres.log"
    [[ -d $folder ]] || make_cluster
    # Every process of an earlier start would still hold the lock that we hold, so no server is left that these name.
    rm -f "$folder/postmaster.pid" "$sockets"/.s.PGSQL.*
    start_child postgres "$log" INT "${owner[@]}" -- "$server/postgres" -D "$folder" \
        -c listen_addresses= -c unix_socket_directories="$sockets" -c unix_socket_permissions=0700 -c fsync=on \
        "${postgres_options[@]}"
    owner_database="host=$sockets user=hub dbname=hub"
    # shellcheck disable=SC2034 # used by the scripts that source this
    database="host=$sockets user=hubd dbname=hub"
    await_child postgres "$server/psql" "$owner_database" --command=
}

# The daemon serves as a user who cannot alter the ledger; the owner of the tables only migrates.
#   make_roles LOG
make_roles() {
    local log=$1
    "$server/psql" "$owner_database" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 >>"$log" 2>&1 <<'SQL' ||
SELECT 'CREATE ROLE hub_app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_app') \gexec
SELECT 'CREATE ROLE hubd LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hubd') \gexec
SET client_min_messages = warning;
GRANT hub_app TO hubd;
SQL
        fail_with_log "Postgres could not make the daemon's user" "$log"
}

# Makes the data folder with an empty database, aside, so that an interrupted start leaves nothing half-made.
make_cluster() {
    local partial="$folder.partial"
    rm -rf "$partial"
    make_private "$partial"
    run_logged initdb "$log" setpriv "${owner[@]}" -- "$server/initdb" --pgdata="$partial" --username=hub \
        --auth=trust --encoding=UTF8 --locale=C.UTF-8 --data-checksums ||
        fail_with_log "Postgres could not make its data folder" "$log"
    setpriv "${owner[@]}" -- "$server/postgres" --single -D "$partial" -c exit_on_error=true postgres \
        <<<"CREATE DATABASE hub" >>"$log" 2>&1 || fail_with_log "Postgres could not make a database" "$log"
    mv "$partial" "$folder"
}

# Redis holds only what may be lost, so it keeps nothing on disk.
start_redis() {
    local folder=$1
    redis_socket="$sockets/redis.sock"
    install --directory --mode=700 "$folder"
    start_child redis "$logs/redis.log" TERM -- redis-server --port 0 --unixsocket "$redis_socket" \
        --unixsocketperm 700 --dir "$folder" --save "" --appendonly no
    await_child redis redis-cli -s "$redis_socket" ping
}

# Makes a folder that only the owner of the database, and root, can enter.
make_private() {
    install --directory --mode=700 "$1"
    ((${#owner[@]} == 0)) || chown postgres: "$1"
}
