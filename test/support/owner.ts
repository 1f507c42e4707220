/** Statements that only the owner of the run's server may run: making and dropping databases. */
import pg from "pg";

export const TEMPLATE = "redress_template";

/** The address of another database of the same server. */
export function databaseNamed(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs the text, one statement or several, on a connection of its own. */
export async function execute(databaseUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
