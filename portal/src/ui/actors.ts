/** Who did something, as people read it: a person by name, ourselves, or a program by its key. */
export function actorWords(actor: string): string {
  if (actor === "redress" || actor.startsWith("system:")) return "Redress";
  return actor.startsWith("key:") ? `API key ${actor.slice("key:".length)}` : actor;
}
