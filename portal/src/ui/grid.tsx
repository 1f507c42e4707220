/**
 * A grid of any length: draws the rows that are seen, keeps one tab stop, and moves by keyboard
 * (arrows or j and k, Home, End, Page Up and Down, Enter). More rows are asked for near the end.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import type { CSSProperties, KeyboardEvent, ReactNode, RefObject } from "react";
import { memo, useCallback, useEffect, useRef, useState } from "react";

import { moveOf } from "./grid-moves.ts";
import css from "./grid.module.css";
import { useShortcuts } from "./shortcuts.ts";

export interface Column<Row> {
  readonly name: string;
  readonly width: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface GridProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly chosen: string | undefined;
  readonly open: (row: Row) => void;
  readonly hasMore: boolean;
  readonly more: () => void;
  /** Narrower than this, it scrolls sideways. */
  readonly minWidth: string;
  readonly empty: ReactNode;
}

const ROW_PIXELS = 46;

export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, keyOf, chosen, open, hasMore, more } = props;
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) more();
  }, [hasMore, last, more, rows.length]);

  const openAt = useOpenAt(open, setAt);
  const move = (key: string): boolean => {
    const to = moveOf(key, at, rows.length);
    if (to === undefined) return false;
    setAt(to);
    virtual.scrollToIndex(to);
    return true;
  };
  const press = (event: KeyboardEvent): void => {
    const row = rows[at];
    if (!move(event.key)) {
      if (event.key !== "Enter" || row === undefined) return;
      open(row);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  useGridKeys(place, move);
  if (rows.length === 0) return props.empty;
  const template = columns.map((column) => column.width).join(" ");
  const style: CSSProperties & Record<"--grid-width", string> = { "--grid-width": props.minWidth };
  return (
    <div
      ref={place}
      className={css["grid"]}
      role="grid"
      aria-label={props.label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-activedescendant={`row-${at}`}
      tabIndex={0}
      onKeyDown={press}
      style={style}
    >
      <GridHead columns={columns} template={template} />
      <div className={css["body"]} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {seen.map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <GridRow
              key={keyOf(row)}
              {...{ row, columns, index, start, template }}
              isAt={index === at}
              isChosen={keyOf(row) === chosen}
              open={openAt}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The same function for as long as the grid is shown: rows that stay are not drawn again. */
function useOpenAt<Row>(
  open: (row: Row) => void,
  setAt: (index: number) => void,
): (index: number, row: Row) => void {
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  return useCallback(
    (index, row) => {
      setAt(index);
      latest.current(row);
    },
    [setAt],
  );
}

/** From anywhere on the page the letters lead into the grid. */
function useGridKeys(
  place: RefObject<HTMLDivElement | null>,
  move: (key: string) => boolean,
): void {
  const go = (key: string): void => {
    place.current?.focus();
    move(key);
  };
  useShortcuts("In the grid", [
    { keys: "j", label: "Next row (arrows too; Enter opens it)", run: () => go("j") },
    { keys: "k", label: "Row before", run: () => go("k") },
  ]);
}

function GridHead<Row>(props: {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
}) {
  return (
    <div role="rowgroup" className={css["headGroup"]}>
      <div
        className={css["head"]}
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: props.template }}
      >
        {props.columns.map((column) => (
          <span key={column.name} role="columnheader" data-number={column.isNumber}>
            {column.name}
          </span>
        ))}
      </div>
    </div>
  );
}

/** While the grid scrolls, rows that stay are not drawn again. */
const GridRow = memo(DrawnRow) as typeof DrawnRow;

function DrawnRow<Row>(props: {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly index: number;
  readonly start: number;
  readonly template: string;
  readonly isAt: boolean;
  readonly isChosen: boolean;
  readonly open: (index: number, row: Row) => void;
}) {
  const { row, columns, index, start, template, isAt, isChosen, open } = props;
  return (
    <div
      id={`row-${index}`}
      className={css["row"]}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      data-at={isAt}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
      onClick={() => open(index, row)}
    >
      {columns.map((column) => (
        <div key={column.name} role="gridcell" data-number={column.isNumber}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}
