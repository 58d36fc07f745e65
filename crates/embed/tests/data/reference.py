#!/usr/bin/env python3
"""Writes reference.json: what the published model makes of some texts, worked out without Bellwether.

Pieces come from Hugging Face's `tokenizers` with the model's own tokenizer.json (cut at 256 as sentence-transformers
does, no padding), vectors from the same network written down with numpy in 64 bits. Vectors are kept as base64 of
little-endian 16-bit numbers, 32767 for 1: their error is below 0.00002.

    pip install numpy safetensors tokenizers
    python reference.py <folder of the model> > reference.json
"""
import base64, json, math, sys
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

W = load_file(f"{sys.argv[1]}/model.safetensors")
tokenizer = Tokenizer.from_file(f"{sys.argv[1]}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(256)
erf = np.vectorize(math.erf, otypes=[np.float64])

LONG = ("Central banks raised interest rates while inflation slowed, and small manufacturers in Saxony reported fewer "
        "orders, rising energy bills and apprentices who would rather study computer science. ")
TEXTS = [
    "",
    "a",
    "The price of an hour in a workshop",
    "How to set fair hourly rates for craftspeople",
    "cats and dogs",
    "Rust 1.95 is released today: what changes for async closures, linkers and compile times.",
    "Die Werkstatt in Leipzig schließt freitags ab jetzt schon mittags.",
    "Der Preis einer Stunde – ehrlich gerechnet",
    "Les prix honnêtes des petits ateliers : combien coûte une heure de travail ?",
    "Cómo fijar precios justos para talleres pequeños",
    "小さな工房の適正な価格とは何か",
    "中国新能源汽车出口增长",
    "Цены на электроэнергию в Европе снова растут",
    "أسعار الطاقة ترتفع من جديد في أوروبا",
    "한국의 작은 공방은 가격을 어떻게 정하나요?",
    "Ünïcödé àccénts, naïve café — déjà vu; Ångström & Co.",
    "İstanbul'da küçük atölyeler",
    "ﬁne ligatures ½ ﬀ Ⅳ ™",
    "Emoji 🚀🔥 in titles: do they matter? 👩‍💻",
    "https://example.org/a/b?c=d#e user@example.com C++ F# .NET $3.50 100% #hashtag @handle",
    "supercalifragilisticexpialidocious antidisestablishmentarianism " + "x" * 120,
    "\t lines\nand \u00a0spaces\u200b zero\u00ad width \ufffd control \u0007 end",
    "don't can't o'clock rock'n'roll \"quoted\" (paren) [bracket] {brace} <tag> ~tilde `tick` ^caret |pipe",
    "Ελληνικά: Η τιμή μιας ώρας στο εργαστήριο. ΣΊΣΥΦΟΣ",
    "हिन्दी में छोटी कार्यशालाओं की कीमतें",
    "ไทย ราคาของงานฝีมือ",
    "Tiếng Việt: giá một giờ làm việc",
    "What does an hour in a workshop cost? We asked forty workshops in Leipzig, and an hour costs them seventy-one euros "
    "on average. Most of them charge less than that, and wonder why nothing is left.",
    LONG * 14,
    "one two three " * 200,
    "zero-shot vs. few-shot: GPT‑4o’s 12,000-token context — “really”?…",
]


def norm(x, name):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * W[f"{name}.weight"] + W[f"{name}.bias"]


def linear(x, name):
    return x @ W[f"{name}.weight"].T.astype(np.float64) + W[f"{name}.bias"]


def embed(ids):
    n = len(ids)
    x = W["embeddings.word_embeddings.weight"][ids].astype(np.float64)
    x = x + W["embeddings.position_embeddings.weight"][:n] + W["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        heads = [linear(x, f"{name}.attention.self.{one}").reshape(n, 12, 32).transpose(1, 0, 2)
                 for one in ("query", "key", "value")]
        weights = heads[0] @ heads[1].transpose(0, 2, 1) / math.sqrt(32)
        weights = np.exp(weights - weights.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        taken = (weights @ heads[2]).transpose(1, 0, 2).reshape(n, 384)
        x = norm(x + linear(taken, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = linear(x, f"{name}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
        x = norm(x + linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


rows = []
for text in TEXTS:
    ids = tokenizer.encode(text).ids
    short = np.round(embed(ids) * 32767).astype("<i2").tobytes()
    rows.append({"text": text, "pieces": ids, "vector": base64.b64encode(short).decode()})
print("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]")
