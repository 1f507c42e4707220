/** The little of Markdown that our own pages use, as HTML: headings, paragraphs, lists, code. */

/** Everything is escaped; what the page may contain is ours, but it costs nothing. */
export function htmlOf(markdown: string): string {
  return blocksOf(markdown.replaceAll("\r", "")).map(blockHtml).join("\n");
}

/** Blocks end at an empty line, except inside a fence. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fenced = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) fenced = !fenced;
    if (line === "" && !fenced) {
      if (lines.length > 0) blocks.push(lines.join("\n"));
      lines = [];
    } else lines.push(line);
  }
  if (lines.length > 0) blocks.push(lines.join("\n"));
  return blocks;
}

function blockHtml(block: string): string {
  if (block.startsWith("```")) {
    const code = block.split("\n").slice(1, -1).join("\n");
    return `<pre><code>${escaped(code)}</code></pre>`;
  }
  const heading = /^(#{1,3}) (.*)$/s.exec(block);
  if (heading !== null) {
    const level = heading[1]?.length ?? 1;
    return `<h${level}>${inlineHtml(heading[2] ?? "")}</h${level}>`;
  }
  if (block.startsWith("- ")) {
    const items = block.split(/\n(?=- )/).map((item) => `<li>${inlineHtml(item.slice(2))}</li>`);
    return `<ul>${items.join("")}</ul>`;
  }
  return `<p>${inlineHtml(block)}</p>`;
}

function inlineHtml(text: string): string {
  return escaped(text)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replaceAll(/(?<![\w`])_([^_]+)_(?!\w)/g, "<em>$1</em>")
    .replaceAll(/\[([^\]]+)\]\(([a-z./#-]+)\)/g, '<a href="$2">$1</a>');
}

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
