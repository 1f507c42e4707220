/** One box for cases: a whole claim or dispute number opens at once what it names. */
import { TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useState } from "react";

import css from "./shell.module.css";

export function SearchBox() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  return (
    <form
      role="search"
      className={css["search"]}
      onSubmit={(event) => {
        event.preventDefault();
        const q = text.trim();
        void navigate({ to: "/cases", search: q === "" ? {} : { q, open: "one" } });
      }}
    >
      <TextInput
        id="search"
        size="xs"
        aria-label="Search cases by claim or dispute number"
        placeholder="Claim or dispute number"
        leftSection={<Search size={14} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
