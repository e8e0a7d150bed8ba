/**
 * Vietnamese words of two syllables. Lines must not break inside them, so their space becomes a no-break space. These
 * are the most frequent in questions, answers and names of procedures.
 */
const COMPOUNDS = `
  bản đồ|biến động|bồi thường|bộ phận|bổ sung|cán bộ|cảm ơn|cấp lại|chất lượng|chế độ|chỉ dẫn|chính xác|chờ đợi|chỗ ngồi|chu đáo|chứng nhận|chứng thực|
  cơ quan|công chức|công dân|công khai|cung cấp|cư trú|dân cư|dễ dàng|dễ hiểu|dịch vụ|doanh nghiệp|đất đai|đánh giá|đầy đủ|
  đăng ký|điện thoại|đo đạc|điện tử|đơn giản|đúng hạn|giải đáp|giải quyết|giải thích|giao tiếp|giao thông|giấy tờ|góp ý|hài lòng|
  hành chính|hiện đại|hỗ trợ|hồ sơ|hộ tịch|hướng dẫn|kết hôn|kết quả|khai sinh|khảo sát|khiếu nại|kịp thời|kiến nghị|lắng nghe|
  lệ phí|lĩnh vực|lịch sự|mức độ|nội dung|niêm yết|người dân|nhân viên|nhiệm vụ|phản ánh|phục vụ|phương tiện|quy định|quy trình|quyền lợi|
  rõ ràng|sử dụng|tài sản|tận tình|thái độ|thành phần|thanh toán|thiết bị|thông báo|thông tin|thủ tục|thuận tiện|thời gian|thời hạn|tiếp nhận|
  tiếp xúc|tổ chức|trách nhiệm|trả lời|trang thiết|trung tâm|trực tuyến|xây dựng|xử lý|ý kiến|yêu cầu`.replace(/\s*\n\s*/g, "");
const BOUNDARY = "[^\\p{L}]";
const PAIRS = new RegExp(`(?<=^|${BOUNDARY})(?:${COMPOUNDS})(?=$|${BOUNDARY})`, "giu");

/**
 * @param {string} text
 * @returns {string}
 */
export function joined(text) {
  return text.replace(PAIRS, (pair) => pair.replace(" ", "\u00a0"));
}
