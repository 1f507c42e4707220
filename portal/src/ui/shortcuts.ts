/**
 * Single-letter shortcuts and `g x` sequences. They act only outside fields, and can be switched
 * off (WCAG 2.1.4). What is registered at the moment is what the help lists.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** `n`, or a sequence such as `g q`. */
  readonly keys: string;
  readonly label: string;
  readonly run: () => void;
}

const SWITCH = "redress.shortcuts";
const SEQUENCE_MILLISECONDS = 1200;

const groups = new Map<number, { readonly name: string; shortcuts: readonly Shortcut[] }>();
const listeners = new Set<() => void>();
let listed: readonly { readonly name: string; readonly shortcuts: readonly Shortcut[] }[] = [];
let nextId = 0;
let pending = "";
let pendingSince = 0;

function publish(): void {
  listed = [...groups.values()];
  for (const listener of listeners) listener();
}

/** Registers shortcuts while the component is shown; the latest registration of a key wins. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const described = shortcuts.map((one) => `${one.keys}\t${one.label}`).join("\n");
  useEffect(() => {
    const id = (nextId += 1);
    const own = described === "" ? [] : described.split("\n");
    groups.set(id, {
      name,
      shortcuts: own.map((line) => {
        const [keys = "", label = ""] = line.split("\t");
        const run = (): void => latest.current.find((one) => one.keys === keys)?.run();
        return { keys, label, run };
      }),
    });
    publish();
    return () => {
      groups.delete(id);
      publish();
    };
  }, [name, described]);
}

export function useListedShortcuts(): typeof listed {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
  );
}

export function areShortcutsOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

export function switchShortcuts(on: boolean): void {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

/** Listens for as long as the page lives. */
export function listenForShortcuts(): void {
  window.addEventListener("keydown", (event) => {
    if (!isForUs(event)) return;
    const now = performance.now();
    const before = now - pendingSince < SEQUENCE_MILLISECONDS ? pending : "";
    const typed = before === "" ? event.key : `${before} ${event.key}`;
    pending = "";
    const found = matching(typed) ?? matching(event.key);
    if (found !== undefined) {
      event.preventDefault();
      found.run();
    } else if (startsSequence(event.key)) {
      pending = event.key;
      pendingSince = now;
    }
  });
}

function isForUs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  if (event.key.length !== 1 || event.key === " ") return false;
  if (event.key !== "?" && !areShortcutsOn()) return false;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (target === null) return true;
  return target.closest("input, textarea, select, [contenteditable], [role=menu]") === null;
}

function matching(keys: string): Shortcut | undefined {
  return [...groups.values()]
    .toReversed()
    .flatMap((group) => group.shortcuts)
    .find((one) => one.keys === keys);
}

function startsSequence(key: string): boolean {
  return [...groups.values()].some((group) =>
    group.shortcuts.some((one) => one.keys.startsWith(`${key} `)),
  );
}
