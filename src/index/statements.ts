/** The statements of queries.ts as SQLite has them: made from it by its test, since loading Kysely takes longer than a scan. */
export const STATEMENTS = {
  createMeta: 'create table "meta" ("name" text primary key, "value" text not null)',
  createFolder:
    'create table "folder" ("number" integer primary key, "name" text not null unique, "specialUse" text, "ordinal" integer not null, "chosen" integer not null, "state" text, "generation" text, "messages" integer default 0 not null, "octets" integer default 0 not null, "noId" integer default 0 not null)',
  createCopy:
    'create table "copy" ("row" integer primary key, "folder" integer not null, "position" integer not null, "locator" text not null, "key" text, "wire" text, "size" integer not null, "date" integer, "received" integer, "sender" text not null, "subject" text not null, "flags" text not null, "traceFields" integer not null, "boundsInDoubt" integer not null, "stamp" text not null, "object" text not null, "otherNames" integer not null, "emailId" text, "lateWire" text, "headSum" integer not null, "hidden" integer default 0 not null)',
  createContent:
    'create table "content" ("row" integer primary key references "copy" ("row") on delete cascade, "content" text not null, "octets" integer not null, "isWhole" integer not null)',
  createDifference:
    'create table "difference" ("kept" text not null, "other" text not null, "verdict" text not null, constraint "differencePair" primary key ("kept", "other"))',
  createOtherNamesIndex: 'create index "copyOtherNames" on "copy" ("object") where "otherNames" = 1',
  createHiddenIndex: 'create index "copyHidden" on "copy" ("folder", "hidden") where "hidden" <> 0',
  createNoIdIndex:
    'create index "copyNoId" on "copy" ("hidden", "folder", "position", "locator") where "key" is null or "key" >= \'=\'',
  placeIndex: 'create index if not exists "copyPlace" on "copy" ("folder", "position", "locator")',
  locatorIndex: 'create index if not exists "copyLocator" on "copy" ("locator", "folder")',
  keyIndex: 'create index if not exists "copyKey" on "copy" ("key", "folder", "hidden")',
  outlineIndex:
    'create index if not exists "copyOutline" on "copy" ("key", "folder", "locator", "hidden", "flags", "size", "headSum", substr("wire", 1, 32))',
  objectIndex: 'create index if not exists "copyObject" on "copy" ("object")',
  contentIndex: 'create index if not exists "contentContent" on "content" ("content")',
  readMeta: 'select "name", "value" from "meta"',
  writeMeta: 'insert into "meta" ("name", "value") values (?, ?)',
  folders:
    'select "number", "name", "specialUse", "ordinal", "chosen", "state", "generation", "messages", "octets", "noId" from "folder" order by "ordinal", "number"',
  addFolder: 'insert into "folder" ("name", "specialUse", "ordinal", "chosen") values (?, ?, ?, ?)',
  placeFolder: 'update "folder" set "specialUse" = ?, "ordinal" = ?, "chosen" = ? where "number" = ?',
  forgetState: 'update "folder" set "state" = null where "number" = ?',
  settleFolder:
    'update "folder" set "state" = ?, "generation" = ?, "messages" = ?, "octets" = ?, "noId" = ? where "number" = ?',
  removeFolder: 'delete from "folder" where "number" = ?',
  lastRow: 'select coalesce(max("row"), 0) as "row" from "copy"',
  addCopy:
    'insert into "copy" ("row", "folder", "position", "locator", "key", "wire", "size", "date", "received", "sender", "subject", "flags", "traceFields", "boundsInDoubt", "stamp", "object", "otherNames", "emailId", "lateWire", "headSum") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  carryWire:
    'update "copy" set "lateWire" = (select "before"."lateWire" from "copy" as "before" where "before"."row" = ?), "key" = coalesce("copy"."key", (select "before"."key" from "copy" as "before" where "before"."row" = ?)) where "copy"."row" = ?',
  carryContent:
    'insert into "content" ("row", "content", "octets", "isWhole") select cast(? as integer) as "row", "before"."content", "before"."octets", "before"."isWhole" from "content" as "before" where "before"."row" = ?',
  knownCopies:
    'select "position", "locator", "row", "flags", "stamp" from "copy" where "folder" = ? and "row" <= ? and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) order by "position", "locator", "row" limit ?',
  rowsOfFolder:
    'select "position", "locator", "row", "hidden" from "copy" where "folder" = ? and "row" <= ? and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) order by "position", "locator", "row" limit ?',
  removeCopy: 'delete from "copy" where "row" = ? returning "size", "key"',
  removeCopies: 'delete from "copy" where "folder" = ? and "row" <= ?',
  reflag: 'update "copy" set "flags" = ? where "row" = ?',
  hide: 'update "copy" set "hidden" = ? where "row" = ?',
  showUnseen: 'update "copy" set "hidden" = 0 where "folder" = ? and ("hidden" = 2 and "hidden" <> 0)',
  countFolder:
    'select count(*) as "messages", coalesce(sum("size"), 0) as "octets", coalesce(sum("key" is null or "key" >= \'=\'), 0) as "noId" from "copy" where "folder" = ? and "hidden" <> 2',
  anyOtherNames: 'select "row" from "copy" where "otherNames" = 1 limit ?',
  anyElsewhere: 'select "row" from "copy" where ("hidden" = 3 and "hidden" <> 0) limit ?',
  showAliases: 'update "copy" set "hidden" = 0 where ("hidden" <> 0 and "hidden" <> 2)',
  hideAliases:
    'update "copy" set "hidden" = 1 where "row" in (select "row" from (select "copy"."row", "copy"."hidden", row_number() over (partition by "copy"."object" order by coalesce("folder"."specialUse" in (\'\\All\', \'\\Flagged\', \'\\Important\'), 0), "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row") as "nth" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" where ("copy"."object" in (select "named"."object" from "copy" as "named" where "named"."otherNames" = 1) and "copy"."hidden" <> 2 and "folder"."chosen" = 1)) as "ranked" where "nth" > 1)',
  objectsFrom:
    'select "object", "row" from "copy" where ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) and ("object", "row") > (?, ?) order by "object", "row" limit ?',
  countHidden:
    'select "copy"."folder", count(*) as "messages", sum("copy"."size") as "octets", sum("copy"."key" is null or "copy"."key" >= \'=\') as "noId" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" where ("copy"."hidden" <> 0 and "copy"."hidden" <> 2 and "folder"."chosen" = 1) group by "copy"."folder"',
  copiesInFolder:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."folder" = ? and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) order by "copy"."position", "copy"."locator", "copy"."row" limit ?',
  copiesWithoutId:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."folder" = ? and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) and ("copy"."key" is null or "copy"."key" >= \'=\') order by "copy"."position", "copy"."locator", "copy"."row" limit ?',
  copiesAt:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."locator" = ? order by "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row"',
  copiesOfKey:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."key" = ? order by "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row"',
  copiesByKey:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."key" >= ? and ("copy"."key", "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?, ?, ?) order by "copy"."key", "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row" limit ?',
  outlines:
    'select "key", "folder", "locator", "flags", "size", "headSum", substr("wire", 1, 32) as "wire" from "copy" where "key" > ? and ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) order by "key", "folder", "locator" limit ?',
  otherFolders:
    'select distinct "folder"."name" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" where "copy"."object" = ? and ("copy"."hidden" = 1 and "folder"."chosen" = 1)',
  copyAt:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."folder" = ? and "copy"."locator" = ?',
  copiesOfContent:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "content"."content" = ? order by "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row"',
  copiesOfKeys:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "copy"."key" in (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) order by "copy"."key", "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row"',
  copiesOfContents:
    'select "copy"."row", "copy"."position", "copy"."locator", "copy"."key", "copy"."wire", "content"."content", "copy"."size", "copy"."date", "copy"."received", "copy"."sender", "copy"."subject", "copy"."flags", "copy"."traceFields", "copy"."boundsInDoubt", "copy"."object", "copy"."emailId", "copy"."lateWire", "folder"."name", "folder"."specialUse" from "copy" inner join "folder" on "folder"."number" = "copy"."folder" left join "content" on "content"."row" = "copy"."row" where ("copy"."hidden" = 0 and "folder"."chosen" = 1) and "content"."content" in (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) order by "content"."content", "folder"."ordinal", "copy"."position", "copy"."locator", "copy"."row"',
  keysFrom:
    'select "copy"."key", count(*) as "copies" from "copy" where ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) and "copy"."key" > ? group by "copy"."key" order by "copy"."key" limit ?',
  repeatedKeysFrom:
    'select "copy"."key", count(*) as "copies" from "copy" where ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) and "copy"."key" > ? group by "copy"."key" having count(*) > 1 order by "copy"."key" limit ?',
  contentsFrom:
    'select "content"."content", count(*) as "copies" from "content" inner join "copy" on "copy"."row" = "content"."row" where ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) and "content"."content" > ? group by "content"."content" order by "content"."content" limit ?',
  repeatedContentsFrom:
    'select "content"."content", count(*) as "copies" from "content" inner join "copy" on "copy"."row" = "content"."row" where ("copy"."hidden" = 0 and coalesce("copy"."folder", 0) in (select "folder"."number" from "folder" where "folder"."chosen" = 1)) and "content"."content" > ? group by "content"."content" having count(*) > 1 order by "content"."content" limit ?',
  unread:
    'select "copy"."position", "copy"."locator", "copy"."row", "copy"."key", "copy"."date", "copy"."wire", "copy"."lateWire" from "copy" left join "content" on "content"."row" = "copy"."row" where "copy"."folder" = ? and "copy"."hidden" = 0 and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) and "content"."row" is null order by "copy"."position", "copy"."locator", "copy"."row" limit ?',
  unreadWithoutId:
    'select "copy"."position", "copy"."locator", "copy"."row", "copy"."key", "copy"."date", "copy"."wire", "copy"."lateWire" from "copy" left join "content" on "content"."row" = "copy"."row" where "copy"."folder" = ? and "copy"."hidden" = 0 and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) and "content"."row" is null and ("copy"."key" is null or "copy"."key" >= \'=\') order by "copy"."position", "copy"."locator", "copy"."row" limit ?',
  withoutWire:
    'select "copy"."position", "copy"."locator", "copy"."row", "copy"."key", "copy"."date", "copy"."wire", "copy"."lateWire" from "copy" where "copy"."folder" = ? and "copy"."hidden" = 0 and ("copy"."position", "copy"."locator", "copy"."row") > (?, ?, ?) and "copy"."wire" is null and "copy"."lateWire" is null order by "copy"."position", "copy"."locator", "copy"."row" limit ?',
  lateWire: 'select "lateWire" from "copy" where "row" = ?',
  keepWire: 'update "copy" set "lateWire" = ? where "row" = ?',
  content: 'select "content", "octets", "isWhole" from "content" where "row" = ?',
  addContent:
    'insert into "content" ("row", "content", "octets", "isWhole") values (?, ?, ?, ?) on conflict ("row") do nothing',
  nameCopy: 'update "copy" set "key" = ? where "row" = ?',
  difference: 'select "verdict" from "difference" where "kept" = ? and "other" = ?',
  addDifference:
    'insert into "difference" ("kept", "other", "verdict") values (?, ?, ?) on conflict ("kept", "other") do nothing',
  folderFacts:
    'select "folder", coalesce(sum((instr(\' \' || "flags" || \' \', \' \\Seen \') > 0) = 0 and (instr(\' \' || "flags" || \' \', \' \\Deleted \') > 0) = 0), 0) as "unseen", coalesce(sum((instr(\' \' || "flags" || \' \', \' \\Deleted \') > 0)), 0) as "deleted", min("date") as "oldest", max("date") as "newest" from "copy" where "hidden" = 0 group by "folder"',
} as const
