/** The focus goes into what opens within a page, and back to what opened it. */
import type { RefObject } from "react";
import { useEffect, useRef } from "react";

export function useFocusInside<Place extends HTMLElement>(): RefObject<Place | null> {
  const place = useRef<Place>(null);
  useEffect(() => {
    const before = document.activeElement;
    place.current?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
    return () => {
      // Whatever takes the focus itself, such as an answer of the server, keeps it.
      const isLost = document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return place;
}
