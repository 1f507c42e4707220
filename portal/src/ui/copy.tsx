/** Copies a text; says so, and says where the browser does not allow it. */
import { Button } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

const SHOWN_MILLISECONDS = 2000;

type Fate = "ready" | "copied" | "refused";

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [fate, setFate] = useState<Fate>("ready");
  useEffect(() => {
    if (fate === "ready") return undefined;
    const timer = setTimeout(() => setFate("ready"), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [fate]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setFate("copied");
    } catch {
      // Browsers allow it over https and on one's own machine only.
      setFate("refused");
    }
  };
  const Icon = fate === "copied" ? Check : Copy;
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Copy ${what}`}
      leftSection={<Icon size={13} aria-hidden />}
      onClick={() => void copy()}
    >
      <span aria-live="polite">
        {fate === "copied" ? "Copied" : fate === "refused" ? "Mark it by hand" : "Copy"}
      </span>
    </Button>
  );
}
