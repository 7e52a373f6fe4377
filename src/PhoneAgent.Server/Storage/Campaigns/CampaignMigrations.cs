using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>The tables of campaigns. Enums are stored by name; keys are never used twice, for a late node may still name one.</summary>
internal static class CampaignMigrations
{
    public static readonly MigrationSet Set = new("campaigns", [new Migration(1, "campaigns, contacts, attempts, consents, do-not-call", First), new Migration(2, "the age of contacts", Second)]);

    private static string Second(SqlDialect sql) => """
        ALTER TABLE campaign_contacts ADD COLUMN touched_at BIGINT;
        UPDATE campaign_contacts SET touched_at = COALESCE(
            (SELECT MAX(ended_at) FROM campaign_attempts WHERE contact_id = campaign_contacts.id), (SELECT created_at FROM campaigns WHERE id = campaign_id));
        CREATE INDEX campaign_contacts_touched ON campaign_contacts (touched_at);
        CREATE INDEX campaign_attempts_ended ON campaign_attempts (ended_at);
        CREATE INDEX campaign_consents_at ON campaign_consents (at);
        """;

    // running_attempt stands with the contact, though the attempts say it too: PostgreSQL looks again at the row it waited for, and
    // at no other table, so what decides about a contact has to be in its row. The index on running numbers is the last line of
    // defence: whatever the code does, no number is called twice at once.
    private static string First(SqlDialect sql) => $"""
        CREATE TABLE campaigns (
            id TEXT PRIMARY KEY,
            agent TEXT NOT NULL,
            definition TEXT NOT NULL,
            do_not_call_lists TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            state TEXT NOT NULL
        );
        CREATE TABLE campaign_contacts (
            id {sql.Identity},
            campaign_id TEXT NOT NULL REFERENCES campaigns (id),
            number TEXT NOT NULL,
            time_zone TEXT,
            variables TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            last_outcome TEXT,
            due_at BIGINT,
            do_not_call_list TEXT,
            lease_node TEXT,
            lease_token BIGINT NOT NULL DEFAULT 0,
            lease_expires_at BIGINT,
            running_attempt BIGINT,
            is_forgotten BOOLEAN NOT NULL DEFAULT FALSE,
            UNIQUE (campaign_id, number)
        );
        CREATE INDEX campaign_contacts_due ON campaign_contacts (campaign_id, due_at, id) WHERE state = 'Waiting';
        CREATE INDEX campaign_contacts_node ON campaign_contacts (lease_node) WHERE state = 'Leased';
        CREATE INDEX campaign_contacts_expiry ON campaign_contacts (lease_expires_at) WHERE state = 'Leased';
        CREATE INDEX campaign_contacts_counts ON campaign_contacts (campaign_id, state, do_not_call_list);
        CREATE INDEX campaign_contacts_number ON campaign_contacts (number);
        CREATE TABLE campaign_attempts (
            id {sql.Identity},
            contact_id BIGINT NOT NULL REFERENCES campaign_contacts (id) ON DELETE CASCADE,
            campaign_id TEXT NOT NULL,
            number TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            started_at BIGINT NOT NULL,
            node TEXT NOT NULL,
            begin_key TEXT NOT NULL,
            caller_id TEXT,
            outcome TEXT,
            ended_at BIGINT,
            call_id TEXT,
            UNIQUE (contact_id, ordinal)
        );
        CREATE UNIQUE INDEX campaign_attempts_running ON campaign_attempts (number) WHERE outcome IS NULL;
        CREATE INDEX campaign_attempts_number ON campaign_attempts (number, started_at);
        CREATE INDEX campaign_attempts_outcome ON campaign_attempts (campaign_id, outcome);
        CREATE INDEX campaign_attempts_order ON campaign_attempts (campaign_id, id);
        CREATE TABLE campaign_consents (
            id {sql.Identity},
            number TEXT NOT NULL,
            campaign_id TEXT NOT NULL,
            call_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            words TEXT NOT NULL,
            at BIGINT NOT NULL,
            media_time BIGINT NOT NULL
        );
        CREATE INDEX campaign_consents_number ON campaign_consents (number, id);
        CREATE TABLE do_not_call (
            list TEXT NOT NULL,
            number TEXT NOT NULL,
            added_at BIGINT NOT NULL,
            source TEXT NOT NULL,
            call_id TEXT,
            reason TEXT,
            PRIMARY KEY (list, number)
        );
        CREATE TABLE do_not_call_changes (
            id {sql.Identity},
            list TEXT NOT NULL,
            number TEXT NOT NULL,
            is_added BOOLEAN NOT NULL,
            at BIGINT NOT NULL,
            by_whom TEXT NOT NULL,
            call_id TEXT,
            reason TEXT
        );
        CREATE INDEX do_not_call_changes_number ON do_not_call_changes (number, id);
        """;
}
