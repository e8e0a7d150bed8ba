/** A small round's configuration, as the server sends it. */
export function config() {
  const item = (id) => ({ id, text: { vi: `Câu ${id}`, en: `Question ${id}` } });
  return {
    kiosk: 3,
    unit: { code: "00070", name: "Phường Hoàn Kiếm" },
    round: "autumn",
    channel: "kiosk",
    service_channel: "counter",
    languages: ["vi", "en"],
    instrument: {
      name: "small@1",
      title: { vi: "Khảo sát", en: "Survey" },
      scale: {
        points: [1, 2, 3],
        satisfied: 3,
        labels: { vi: ["Kém", "Vừa", "Tốt"], en: ["Poor", "Fair", "Good"] },
        display: "faces",
      },
      items: ["overall", "a1", "a2", "a3"].map(item),
    },
    form: {
      id: "kiosk",
      steps: [
        { items: ["overall"], draw: 1 },
        { items: ["a1", "a2", "a3"], draw: 1 },
      ],
    },
    procedures: [],
    scan: false,
    comment: false,
    speech: false,
    timeouts: { idle: 30, warning: 10, thanks: 5 },
    pin: null,
    note: null,
  };
}
