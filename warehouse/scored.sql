-- What scoring gave, into the raw tables; run by warehouse/pending.py inside one transaction.
-- Given as a temporary view: scored. Given as a variable: loaded_at.
-- A mention that was forgotten while it was being scored is passed over.
CREATE TEMP TABLE scored_version AS
SELECT mention_id, version_no, min(brand) AS brand
FROM scored
SEMI JOIN (FROM raw.mention_version WHERE visibility <> 'gone') AS version USING (mention_id, version_no)
GROUP BY ALL;

INSERT INTO raw.classification BY NAME
SELECT
    scored.mention_id,
    scored.version_no,
    scored.brand,
    scored.model_version,
    scored.prep_hash,
    scored.label,
    scored.label_basis,
    scored.p_bad,
    scored.p_neutral,
    scored.p_good,
    scored.compound,
    scored.bad_drivers,
    scored.good_drivers,
    scored.emotions,
    scored.flags,
    scored.is_leaving,
    scored.is_wow,
    scored.is_repaired,
    getvariable('loaded_at') AS classification_loaded_at
FROM scored
SEMI JOIN scored_version USING (mention_id, version_no)
ANTI JOIN raw.classification AS held USING (mention_id, version_no, brand, model_version, prep_hash);

-- The words give the same signature towards every brand; the first brand's row stands for all. What is held already and
-- says the same stays, so that nothing downstream is worked out again. Words are compared only where there are any for
-- these versions, which is when they were scored before.
CREATE TEMP TABLE held_signature AS
SELECT mention_id, version_no, signature_loaded_at
FROM raw.signature
SEMI JOIN scored_version USING (mention_id, version_no);

SET VARIABLE held_from = (SELECT min(signature_loaded_at) FROM held_signature);

CREATE TEMP TABLE same_signature AS
SELECT mention_id, version_no
FROM held_signature
INNER JOIN scored_version USING (mention_id, version_no)
INNER JOIN scored USING (mention_id, version_no, brand)
INNER JOIN (FROM raw.signature WHERE signature_loaded_at >= getvariable('held_from')) AS held
    USING (mention_id, version_no)
WHERE
    (held.text_hash, held.minhash_bands, held.detected_language, held.public_title, held.public_text)
    IS NOT DISTINCT FROM (
        scored.text_hash, scored.minhash_bands, scored.detected_language, scored.public_title, scored.public_text
    );

DELETE FROM raw.signature AS held
USING (FROM held_signature ANTI JOIN same_signature USING (mention_id, version_no)) AS changed
WHERE
    held.signature_loaded_at >= getvariable('held_from')
    AND held.mention_id = changed.mention_id
    AND held.version_no = changed.version_no;

INSERT INTO raw.signature BY NAME
SELECT
    scored.mention_id,
    scored.version_no,
    scored.prep_hash,
    scored.text_hash,
    scored.minhash_bands,
    scored.detected_language,
    scored.public_title,
    scored.public_text,
    getvariable('loaded_at') AS signature_loaded_at
FROM scored
SEMI JOIN scored_version USING (mention_id, version_no, brand)
ANTI JOIN same_signature USING (mention_id, version_no);
