/**
 * Runs `steps` with a stack of undo actions: if it throws, the actions pushed so far run in reverse order and the first
 * error is rethrown, with any clean-up errors attached as `cause` of nothing (they never mask it).
 */
export async function withUndo<T>(steps: (undo: Undo) => Promise<T>): Promise<T> {
  const actions: UndoAction[] = [];
  try {
    return await steps((action) => { actions.push(action); });
  } catch (error) {
    const failures = await rollBack(actions);
    if (failures.length > 0 && error instanceof Error) Object.defineProperty(error, "cleanupErrors", { value: failures });
    throw error;
  }
}

export type UndoAction = () => void | Promise<void>;
/** Registers what to do if a later step fails. */
export type Undo = (action: UndoAction) => void;

async function rollBack(actions: UndoAction[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const action of actions.toReversed()) {
    try { await action(); } catch (failure) { failures.push(failure); }
  }
  return failures;
}

/** Runs every teardown step even if some fail, then throws one error for all failures. */
export async function runAll(steps: readonly UndoAction[]): Promise<void> {
  const failures = await rollBack([...steps].toReversed());
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "several clean-up steps failed");
}
