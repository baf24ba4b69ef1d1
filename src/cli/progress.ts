/** Progress of pulls, pushes and the like: one plain line per step in a pipe, bars that move on a terminal. */
import type { ProgressEvent } from "../contract/kit.ts";
import type { Writer } from "./kit/types.ts";

/** What long operations report: `stream` is a line for people, said once; `progress` moves a bar. */
export interface ProgressItem { readonly stream?: string | undefined; readonly progress?: ProgressEvent | undefined }

export interface ProgressView {
  show(item: ProgressItem): Promise<void>;
  /** Draws the last state. The cursor is below the bars then. */
  end(): Promise<void>;
}

/** Milliseconds between two pictures; more often is only work for the terminal. */
const interval = 80;
const barWidth = 30;

/** A view on `out`, usually standard error. */
export function progressView(out: Writer): ProgressView {
  return out.isTerminal ? new Bars(out) : { show: async ({ stream }) => { if (stream !== undefined) await out.write(stream); }, end: async () => {} };
}

class Bars implements ProgressView {
  readonly #out: Writer;
  readonly #bars = new Map<string, ProgressEvent>();
  #drawn = 0;
  #lastDraw = 0;

  constructor(out: Writer) { this.#out = out; }

  async show({ stream, progress }: ProgressItem): Promise<void> {
    if (progress?.total === undefined) {
      if (stream !== undefined) await this.#above(stream);
      return;
    }
    const isNew = !this.#bars.has(progress.key);
    this.#bars.set(progress.key, progress);
    if (isNew || progress.done === true || performance.now() - this.#lastDraw >= interval) await this.#draw("");
  }

  async end(): Promise<void> { if (this.#bars.size > 0) await this.#draw(""); }

  /** Writes a line above the bars. */
  async #above(text: string): Promise<void> { await this.#draw(text.endsWith("\n") ? text : `${text}\n`); }

  async #draw(above: string): Promise<void> {
    this.#lastDraw = performance.now();
    const lines = [...this.#bars.values()].map((event) => `${barLine(event).slice(0, Math.max(10, this.#out.columns - 1))}\n`);
    const back = this.#drawn === 0 ? "" : `\u001b[${this.#drawn}A\r\u001b[J`;
    this.#drawn = lines.length;
    await this.#out.write(`${back}${above}${lines.join("")}`);
  }
}

/** `Copying blob 0123456789ab [=====>-----] 1.0MiB / 2.0MiB`; digests are cut to what people compare. */
function barLine({ message, current = 0, total = 0, done }: ProgressEvent): string {
  const label = message.replace(/sha256:([0-9a-f]{12})[0-9a-f]*/g, "$1");
  if (done === true) return `${label} done   | `;
  const part = total > 0 ? Math.min(1, current / total) : 0;
  const filled = Math.round(part * barWidth);
  const bar = `${"=".repeat(Math.max(0, filled - 1))}${filled > 0 ? ">" : ""}`.padEnd(barWidth, "-");
  return `${label} [${bar}] ${bytes(current)}${total > 0 ? ` / ${bytes(total)}` : ""}`;
}

function bytes(count: number): string {
  const unit = count >= 1024 ** 3 ? 3 : count >= 1024 ** 2 ? 2 : 1;
  return `${(count / 1024 ** unit).toFixed(1)}${["B", "KiB", "MiB", "GiB"][unit]}`;
}
