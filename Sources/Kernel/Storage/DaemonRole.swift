package import Postgres

/// The role whose members serve: it may do what a daemon does, and cannot change what was written to stay.
package enum DaemonRole {
    /// Its name. Nobody signs in as it; whoever serves is a member.
    package static let name = "hub_app"

    /// Makes the role if there is none, and gives it exactly its rights on all that is in the schema. Runs after every
    /// migration, so what a new migration has added is never forgotten.
    ///
    /// - Parameter tables: Those whose rows stay as they are; our own names, never anybody's input.
    /// - Returns: A script that bears to be repeated.
    package static func grants(appendOnly tables: [String]) -> String {
        """
        DO $grants$
        DECLARE
            here text := quote_ident(current_schema());
            kept text;
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(self.name)') THEN
                BEGIN
                    CREATE ROLE \(self.name) NOLOGIN;
                EXCEPTION
                    -- a migration of another database of this server was faster
                    WHEN duplicate_object OR unique_violation THEN NULL;
                    WHEN insufficient_privilege THEN
                        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
                            MESSAGE = 'there is no role \(self.name) and ' || current_user || ' may not create it: '
                                || 'run CREATE ROLE \(self.name) NOLOGIN as a superuser, then migrate again';
                END;
            END IF;
            EXECUTE format('GRANT USAGE ON SCHEMA %s TO \(self.name)', here);
            EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM \(self.name)', here);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO \(self.name)', here);
            EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %s TO \(self.name)', here);
            EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA %s TO \(self.name)', here);
            -- last, so that nothing above gives it back
            FOREACH kept IN ARRAY ARRAY[\(tables.map { "'\($0)'" }.joined(separator: ", "))]::text[] LOOP
                EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM \(self.name)', kept);
            END LOOP;
            REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migration FROM \(self.name);
        END $grants$
        """
    }

    /// Those of the tables whose rows the database's user could change, or give itself the right to.
    package static func alterable(of tables: [String], in database: Database) async throws -> [String] {
        try await database.rows(readAlterable, [.texts(tables)]) { row in try row.text(0) }
    }
}

private let readAlterable = Statement(
    """
    SELECT c.relname::text FROM pg_class c
    WHERE c.oid = ANY (SELECT to_regclass(quote_ident(t)) FROM unnest($1::text[]) t)
        AND (has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') OR pg_has_role(c.relowner, 'MEMBER'))
    ORDER BY 1
    """
)
