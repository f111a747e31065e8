"""What the extractors of others do with the same input: run by `sanitizer_speed`.

time TOOL FILE SECONDS   extracts from a file, within about SECONDS; prints one JSON document
mails TOOL FILE          extracts from the bodies of the mails in a JSON list; prints a JSON list of lists
"""

import email
import email.policy
import html
import json
import resource
import sys
import time


def extractor(tool):
    if tool == "iocextract":
        import iocextract

        return lambda text: list(iocextract.extract_iocs(text, refang=True))
    from ioc_finder import find_iocs

    def values(found):
        if isinstance(found, dict):
            return [value for inner in found.values() for value in values(inner)]
        if isinstance(found, (list, set, tuple)):
            return [value for inner in found for value in values(inner)]
        return [str(found)]

    return lambda text: values(find_iocs(text))


def timed(extract, text):
    start = time.process_time()
    count = len(extract(text))
    return time.process_time() - start, count


def body(raw):
    mail = email.message_from_string(raw, policy=email.policy.default)
    texts = []
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            texts.append(html.unescape(part.get_content()))
    return "\n".join(texts)


def main():
    task, tool, path = sys.argv[1:4]
    extract = extractor(tool)
    text = open(path, encoding="utf-8", errors="replace").read()
    if task == "mails":
        print(json.dumps([extract(body(mail)) for mail in json.loads(text)]))
        return
    budget = float(sys.argv[4])
    part, used = min(len(text), 8000), 0.0
    while True:
        seconds, count = timed(extract, text[:part])
        used += seconds
        if part == len(text):
            break
        # Never more than the time that is left, if it grows with the size alone.
        larger = min(len(text), part * 4)
        if used + seconds * larger / part > budget:
            break
        part = larger
    scale = len(text) / part
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds * scale, "found": count, "measured": part, "of": len(text), "memory": memory}))


main()
