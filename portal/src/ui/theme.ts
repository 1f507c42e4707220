/**
 * Mantine under our own look: its components take the colours of `tokens.css`, in both schemes, so
 * that every pair of text and ground that they draw passes WCAG 2.2 AA.
 */
import { createTheme, defaultVariantColorsResolver } from "@mantine/core";
import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e6f3f3",
  "#cfe6e6",
  "#a3cfd0",
  "#74b7b9",
  "#4fa3a6",
  "#37969a",
  "#278f93",
  "#177b7f",
  "#0b6a6e",
  "#0b5f63",
];

/** Filled buttons: the accent, or the bad tone for what cannot be taken back. */
function filled(color: string): { background: string; hover: string; color: string } {
  const tone = color === "red" ? "var(--bad)" : "var(--accent)";
  return {
    background: tone,
    hover: `color-mix(in srgb, ${tone} 86%, var(--ink))`,
    color: "var(--surface)",
  };
}

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 9, dark: 3 },
  colors: { petrol },
  fontFamily: "var(--font-sans)",
  fontFamilyMonospace: "var(--font-mono)",
  defaultRadius: "var(--radius)",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontSizes: { xs: "12px", sm: "13.5px", md: "14px", lg: "16px", xl: "20px" },
  variantColorResolver: (input) => {
    const base = defaultVariantColorsResolver(input);
    const color = (input.color ?? input.theme.primaryColor).split(".")[0] ?? "petrol";
    if (input.variant === "filled") return { ...base, ...filled(color) };
    if (input.variant === "subtle" || input.variant === "light") {
      const tone = color === "red" ? "var(--bad)" : "var(--accent-ink)";
      const ground = color === "red" ? "var(--bad-soft)" : "var(--accent-soft)";
      const rest = input.variant === "light" ? ground : "transparent";
      return { ...base, background: rest, hover: ground, color: tone };
    }
    return base;
  },
  components: {
    Button: { defaultProps: { size: "xs" } },
    // Hints below: the fields of a row stand on one line, whether one has a hint or not.
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] },
    },
    Checkbox: { defaultProps: { size: "sm" } },
    Radio: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320 } },
  },
});

const SHARED = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-bright": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-soft)",
  "--mantine-color-placeholder": "var(--ink-faint)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--sunken)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-disabled": "var(--sunken)",
  "--mantine-color-disabled-color": "var(--ink-faint)",
  "--mantine-color-disabled-border": "var(--line)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-contrast": "var(--surface)",
};

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  // Borders of fields, which need three to one against their ground.
  light: { ...SHARED, "--mantine-color-gray-4": "var(--line-strong)" },
  dark: {
    ...SHARED,
    "--mantine-color-dark-4": "var(--line-strong)",
    "--mantine-color-dark-6": "var(--sunken)",
  },
});
