import { receivedImplausible, sizeReportedWrong } from './message/accounts.js'
import { damagedAttachment, strippedAttachment } from './message/attachments.js'
import { bodyMissing, partlyDownloaded } from './message/bodies.js'
import { charsetNotStated, undeclared8bit, unknownCharset, wrongCharset } from './message/charsets.js'
import { dateDiffersFromReceived, dateInFuture, implausibleDate, noDate, unparsableDate } from './message/dates.js'
import {
  hugeHeader,
  malformedHeaderLine,
  noFrom,
  noHeader,
  noHeaderEnd,
  raw8bitHeader,
} from './message/header-shape.js'
import { bareCr, lineTooLong, mixedLineEndings, nulOctet } from './message/lines.js'
import {
  emptyMessageId,
  malformedMessageId,
  noMessageId,
  severalIdsInOneField,
  severalMessageIds,
} from './message/message-ids.js'
import { repeatedField, repeatedLesserField, repeatedStoreField } from './message/repeated-fields.js'
import { alteredByList, alteredOnTheWay, bodyAltered, footerAdded, unsignedBodyOctets } from './message/signatures.js'
import {
  boundaryNeverSeen,
  boundaryReused,
  deepNesting,
  multipartNotTerminated,
  multipartWithoutBoundary,
  nestedMultipartNotTerminated,
} from './message/structure.js'
import { syncToolFields } from './message/traces.js'
import {
  damagedBase64,
  damagedQuotedPrintable,
  encodedMultipart,
  unknownTransferEncoding,
} from './message/transfer-encodings.js'
import type { MessageRule } from './rule.js'

/** What can be told from the octets of one message. */
export const MESSAGE_RULES: readonly MessageRule[] = [
  ...[noMessageId, emptyMessageId, malformedMessageId, severalMessageIds, severalIdsInOneField],
  ...[noDate, unparsableDate, implausibleDate, dateInFuture, dateDiffersFromReceived],
  ...[noHeader, noFrom, noHeaderEnd, malformedHeaderLine, raw8bitHeader, hugeHeader],
  ...[repeatedField, repeatedLesserField, repeatedStoreField],
  ...[bareCr, mixedLineEndings, lineTooLong, nulOctet],
  ...[multipartWithoutBoundary, boundaryNeverSeen, multipartNotTerminated, nestedMultipartNotTerminated],
  ...[boundaryReused, deepNesting],
  ...[damagedBase64, damagedQuotedPrintable, unknownTransferEncoding, encodedMultipart],
  ...[undeclared8bit, charsetNotStated, wrongCharset, unknownCharset],
  ...[bodyMissing, partlyDownloaded, damagedAttachment, strippedAttachment],
  ...[bodyAltered, footerAdded, alteredByList, alteredOnTheWay, unsignedBodyOctets],
  ...[sizeReportedWrong, receivedImplausible],
  syncToolFields,
]
