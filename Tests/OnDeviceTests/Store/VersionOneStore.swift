/// A store as version 1 wrote it: two events, an answer and a document, under the master key of the
/// bytes 1 to 32. It never changes, so that what people have on their devices stays readable.
let versionOneStore = """
    PRAGMA application_id = 1131378297;
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES('1');
    CREATE TABLE header (
        id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL);
    INSERT INTO header VALUES (1,
        X'010b50bb299989819d3859eb4c64d6e14e9c0e41fde8e93692a7056e9a43cf94cbe32ea60fc5\
    e1140016e3ecd9fed45255');
    CREATE TABLE epoch (id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL);
    INSERT INTO epoch VALUES (1,
        X'014cafc83e2ba3298650ccbb51aa984d49da100e504003b5502d98049eb7a9951ca96b51e768\
    a912238692ca9f93a3dbcd2a176c05e1e80ac40ed1c728cfbb51f1015fa871c30d240b');
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch (id),
        sealed BLOB NOT NULL);
    INSERT INTO event VALUES (1, 1,
        X'01da113c0cca6a473a1299509f97ff7f146471c9932ec4ac6a0053d2e2638bd35f2dbc69e87e\
    4b7fca21e9d18007f87ec84180fe85076d1c6b284ba9a7fe2e1f48f648a25028d433e1d7bd6c\
    ff9b3d4303dd6a7824bbe5fadee4bac1f13a469f179b63287dcfe8f0bf');
    INSERT INTO event VALUES (2, 1,
        X'0188f07bcb427e836233d13a9369be0901d0e3600e0483a6ae39680e1e39da93b5d8f7959c98\
    57c638b24f75f9e74843683eeb3d5e3fe2fd68b429964d841735b09ff409fc4d1b88129680e5\
    25d5e1c2840a5ddd3478156651abebdf480f2dbb6922cd01c18f6b8a84');
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch (id),
        sealed BLOB NOT NULL);
    INSERT INTO answer VALUES (1, 1,
        X'013d812ae2580eac0678108fe7bb20a97fc38aa983121378adef36f81c34a7afe00db937ea6d\
    0f3f84bf8b94b875604382bb5ea576406d1368d35406cfd2b3a9f862b03c0b2e2b64add71ad0\
    81900dc95382cc164b9555db11055cee8a184b7b94177c17add2ea24be');
    CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch (id),
        sealed BLOB NOT NULL);
    INSERT INTO document VALUES (1, 1,
        X'018c4f92f06895c7ea487caac8a808d673106c84d1641c9313ada670bc844ec8c5bafdf6f172\
    0bc2c1c8eb21bb79979337f1f1a17823ef7ac1fe7ac39a6cafc3cf2cf789335221bf038feb40\
    683e4ad59ca8101734c2c3a2e0c3b9d7d7a2e36d5f46d65d91c002d64a');
    CREATE INDEX event_epoch ON event (epoch);
    CREATE INDEX answer_epoch ON answer (epoch);
    CREATE INDEX document_epoch ON document (epoch);
    """
