"""Verdicts over HTTP: ``uvicorn serve:app``."""

from fastapi import FastAPI
from pydantic import BaseModel

from rolenlp.predict import default_model, predict

app, model = FastAPI(title="rolenlp"), default_model()


class Ad(BaseModel):
    text: str
    title: str = ""


@app.post("/predict")
def judge(ad: Ad) -> dict[str, object]:
    return predict(ad.text, ad.title, model=model).to_dict()
