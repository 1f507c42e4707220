/** What the API answers about layouts, and the queries of the editor. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { Layout } from "../parts/layout-text.ts";

import { command, read } from "./http.ts";
import type { Money } from "./types.ts";

export interface ProfileLayout {
  readonly client: string;
  readonly profile: string;
  /** The name of the shipped layout that it goes by; null where it has its own. */
  readonly shipped: string | null;
  readonly layout: Layout;
  readonly values: Readonly<Record<string, string>>;
  readonly kept: readonly {
    readonly version: string;
    readonly sha256: string;
    readonly recordedAt: string;
    readonly layout: Layout;
  }[];
  readonly version: number;
}

export interface LayoutChange {
  readonly name: string;
  readonly layoutVersion: string;
  readonly sha256: string;
  readonly changes: readonly { readonly pointer: string }[];
}

export type Part = "header" | "detail" | "trailer";

export interface LayoutPreview {
  readonly valid: boolean;
  readonly faults: readonly { readonly pointer: string; readonly detail: string }[];
  readonly lines: readonly { readonly part: Part; readonly text: string }[];
  readonly refused: readonly {
    readonly row: number;
    readonly field: string;
    readonly reason: string;
  }[];
  readonly totals: {
    readonly details: number;
    readonly lines: number;
    readonly debits: { readonly count: number; readonly amount: Money };
    readonly credits: { readonly count: number; readonly amount: Money };
    readonly hashTotal: string;
  } | null;
  readonly sizeBytes: number;
  readonly sources: Readonly<Record<Part, Readonly<Record<string, string>>>>;
}

export interface ShippedLayout {
  readonly name: string;
  readonly meaning: string | null;
  readonly layout: Layout;
}

interface OfProfile {
  readonly client: string;
  readonly profile: string;
}

export const profileLayoutQuery = ({ client, profile }: OfProfile) =>
  queryOptions({
    queryKey: ["profileLayout", client, profile],
    queryFn: () =>
      read<ProfileLayout>(
        `/clients/${client}/batch-profiles/${encodeURIComponent(profile)}/layout`,
      ),
    // The text being typed was made from it: it does not change under somebody's hands.
    staleTime: Infinity,
  });

export const shippedLayoutsQuery = queryOptions({
  queryKey: ["shippedLayouts"],
  queryFn: () => read<{ readonly items: readonly ShippedLayout[] }>("/batch-layouts"),
  staleTime: Infinity,
});

export interface PreviewAsked {
  readonly layout: Layout | null;
  readonly values: Readonly<Record<string, string>>;
  readonly client: string;
  /** Its pending rows instead of made-up ones. */
  readonly profile: string | null;
}

/** Nothing is stored by it. What was shown last stays until the next one is there. */
export const layoutPreviewQuery = ({ layout, values, client, profile }: PreviewAsked) =>
  queryOptions({
    queryKey: ["layoutPreview", layout, values, client, profile],
    queryFn: () =>
      command<LayoutPreview>("/batch-layouts/preview", {
        body: { layout, values, client, ...(profile === null ? {} : { profile }) },
      }),
    enabled: layout !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
