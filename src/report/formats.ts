import type { ReportData, ReportKind } from './report.js'

export type Render = <S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>) => Iterable<string>

/** Every format that holds a whole result, by the ending of a file. The code of each is loaded when first asked for. */
export const FORMATS = {
  csv: async (): Promise<Render> => (await import('./csv.js')).renderCsv,
  json: async (): Promise<Render> => (await import('./json.js')).renderJson,
  ndjson: async (): Promise<Render> => (await import('./json.js')).renderNdjson,
  html: async (): Promise<Render> => (await import('./html.js')).renderHtml,
} as const
export type Format = keyof typeof FORMATS

export const isFormat = (text: string): text is Format => Object.hasOwn(FORMATS, text)
