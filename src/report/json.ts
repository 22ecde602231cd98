import type { ReportData, ReportKind } from './report.js'

function headOf<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): object {
  return {
    schema: `mbaudit/${kind.command}@1`,
    generatedAt: data.generatedAt,
    stores: data.stores,
    summary: kind.summaryToJson?.(data.summary) ?? data.summary,
    problems: data.problems.map(({ code, store, folder, locator, message }) => ({
      code,
      store,
      folder,
      locator,
      message,
    })),
    ...data.details,
  }
}

/** A result as one JSON document, in pieces: the head first, then a row a line. Only one row is in memory at a time. */
export function* renderJson<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): Iterable<string> {
  yield `${JSON.stringify(headOf(kind, data)).slice(0, -1)},\n"${kind.rowsKey}":[`
  let separator = '\n'
  for (const row of data.rows()) {
    yield separator + JSON.stringify(kind.toJson(row))
    separator = ',\n'
  }
  yield '\n]}\n'
}

/** A result as JSON lines: the head is the first, each row another. */
export function* renderNdjson<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): Iterable<string> {
  yield `${JSON.stringify(headOf(kind, data))}\n`
  for (const row of data.rows()) yield `${JSON.stringify(kind.toJson(row))}\n`
}
